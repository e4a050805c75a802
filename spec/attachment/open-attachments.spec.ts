import { openAttachments } from '../../lib/attachment/open-attachments.js'
import type { AttachmentStore } from '../../lib/port/attachment-store.js'
import { fastClock } from '../support/fast-clock.js'
import { type FileServer, startFileServer } from '../support/file-server.js'
import { sha256, smallFiles } from '../support/small-files.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

describe('openAttachments', () => {
  let workdir: Workdir
  let server: FileServer
  let store: AttachmentStore
  beforeEach(async () => {
    workdir = await makeWorkdir()
    server = await startFileServer({ content: smallFiles.png, type: 'image/png' })
    store = opened({})
  })
  afterEach(async () => {
    await store.close()
    await server.close()
    await workdir.remove()
  })

  function opened({ allowLocal = true, sent = 'image/' }): AttachmentStore {
    return openAttachments({
      ...{ proxies: { httpProxy: '', httpsProxy: '', noProxy: '' }, userAgent: 'spec' },
      ...{ allowLocal, mostBytes: 1_000_000, clock: fastClock() },
      isUrlSent: type => type.startsWith(sent),
    })
  }

  it('finds a file relative to the folder, and loads it', async () => {
    const path = await workdir.write('photos/a.png', smallFiles.png)

    const found = await store.find({ name: 'photos/a.png', folder: workdir.path })

    expect(found).toMatchObject({ path, id: sha256(smallFiles.png), type: 'image/png' })
    expect((await store.load(found)).equals(smallFiles.png)).toBe(true)
  })

  it('reads a file that many rows name once, and loads it once', async () => {
    const path = await workdir.write('a.png', smallFiles.png)
    const given = { name: 'a.png', folder: workdir.path }
    const [found] = await Promise.all([store.find(given), store.find(given)])
    const content = await store.load(found)
    await workdir.write('a.png', smallFiles.jpeg)

    expect(await store.find({ name: path, folder: '/' })).toBe(found)
    expect(await store.load(found)).toBe(content)
  })

  it('gives a URL the id that llm gives, and fetches it only for a call', async () => {
    const url = `${server.origin}/ünï.png`

    const found = await store.find({ name: url, folder: '/' })

    const { length } = smallFiles.png
    const text = `{"url": "${server.origin}/\\u00fcn\\u00ef.png"}`
    expect(found).toEqual({ id: sha256(text), type: 'image/png', url, loadedBytes: length })
    expect(server.requests.map(({ method }) => method)).toEqual(['HEAD'])
    expect((await store.load(found)).equals(smallFiles.png)).toBe(true)
  })

  it('gives the id of the vector of llm, and sends a public URL whose type is said without a request', async () => {
    const url = 'https://example.com/b.png'

    expect(await store.find({ name: url, folder: '/', type: 'image/png' })).toEqual({
      ...{ url, type: 'image/png', loadedBytes: 0 },
      id: 'aa4d915495bb842fc56be1d749b22d31bdd21627f0ed80e413f7387b03f797cf',
    })
  })

  it('loads a public URL whose type the provider does not fetch', async () => {
    const given = { name: 'https://example.com/b.pdf', folder: '/', type: 'application/pdf' }

    expect(await store.find(given)).toMatchObject({ loadedBytes: 1_000_000 })
  })

  it('refuses a local URL though nobody would be asked', async () => {
    const strict = opened({ allowLocal: false })

    await expect(
      strict.find({ name: server.origin, folder: '/', type: 'image/png' }),
    ).rejects.toMatchObject({ code: 'ATTACHMENT_INVALID' })
    await strict.close()
  })

  it('says that something which is no http URL is not found', async () => {
    await expect(store.find({ name: 's3://bucket/a.png', folder: '/' })).rejects.toMatchObject({
      ...{ code: 'ATTACHMENT_NOT_FOUND', reach: 'row' },
      message: 'The attachment s3://bucket/a.png was not found: it is not an http(s) URL',
    })
  })
})
