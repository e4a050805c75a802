import { type FileHandle, open } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { openZip } from '../../../lib/source/xlsx/open-zip.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { makeZip, type ZipPart } from './make-zip.js'

describe('openZip', () => {
  let dir: Workdir
  const files: FileHandle[] = []
  const aborter = new AbortController()

  beforeEach(async () => {
    dir = await makeWorkdir()
  })

  afterEach(async () => {
    for (const file of files.splice(0)) await file.close()
    await dir.remove()
  })

  async function zipOf(bytes: Buffer) {
    const file = await open(await dir.write('a.zip', bytes))
    files.push(file)
    return openZip(file, aborter.signal)
  }

  const contentOf = async (bytes: Buffer, name = 'a.xml') =>
    (await buffer((await zipOf(bytes)).read(name))).toString()

  it.each<[string, Partial<ZipPart>]>([
    ['compressed', {}],
    ['not compressed', { isStored: true }],
    ['with its size after it', { isStreamed: true }],
    ['with 64-bit sizes', { isZip64: true }],
  ])('reads a part that is %s', async (_how, how) => {
    const content = 'é'.repeat(100_000)
    const parts = [
      { name: 'b.xml', content: 'other', ...how },
      { name: 'a.xml', content, ...how },
    ]
    expect(await contentOf(makeZip(parts))).toBe(content)
  })

  it('finds a part in upper or lower case, with slashes or backslashes', async () => {
    const zip = await zipOf(makeZip([{ name: 'XL\\Workbook.xml', content: 'x' }]))
    expect(zip.has('xl/workbook.xml')).toBe(true)
    expect(zip.has('xl/styles.xml')).toBe(false)
    expect((await buffer(zip.read('xl/workbook.xml'))).toString()).toBe('x')
  })

  it('finds the directory before a comment', async () => {
    const part = { name: 'a.xml', content: 'x' }
    expect(await contentOf(makeZip([part], { comment: '-'.repeat(60_000) }))).toBe('x')
  })

  it('reads an empty part', async () => {
    expect(await contentOf(makeZip([{ name: 'a.xml', content: '', isStored: true }]))).toBe('')
  })

  it.each<[string, (zip: Buffer) => Buffer]>([
    ['is empty', () => Buffer.alloc(0)],
    ['is no archive', () => Buffer.from('id,name\n'.repeat(10_000))],
    ['is cut off', zip => zip.subarray(0, zip.length - 30)],
    ['lacks its beginning', zip => zip.subarray(60)],
    ['has noise for a directory', zip => zip.fill(0x55, zip.length - 60, zip.length - 30)],
  ])('refuses a file that %s', async (_what, damage) => {
    const zip = makeZip([{ name: 'a.xml', content: 'x'.repeat(100) }])
    await expect(contentOf(damage(zip))).rejects.toThrow()
  })

  it.each<[string, Partial<ZipPart>, (zip: Buffer) => Buffer]>([
    ['is not what was packed', { isStored: true }, zip => zip.fill('y', 40, 41)],
    ['is larger than said', {}, zip => shrink(zip, 24)],
    ['is smaller than said', { isStored: true }, zip => shrink(zip, 20)],
    ['is encrypted', { flags: 1 }, zip => zip],
    ['is packed in a way of its own', { method: 99 }, zip => zip],
    ['starts elsewhere', {}, zip => zip.fill(0, 0, 4)],
  ])('fails at a part that %s', async (_what, how, damage) => {
    const zip = makeZip([{ name: 'a.xml', content: 'x'.repeat(100), ...how }])
    await expect(contentOf(damage(zip))).rejects.toThrow()
  })

  it('stops when its signal aborts', async () => {
    const zip = makeZip([{ name: 'a.xml', content: 'x'.repeat(1_000_000), isStored: true }])
    const file = await open(await dir.write('a.zip', zip))
    files.push(file)
    const stopper = new AbortController()
    const part = (await openZip(file, stopper.signal)).read('a.xml')
    part.once('data', () => stopper.abort())
    await expect(buffer(part)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('names a part that is missing', async () => {
    await expect(contentOf(makeZip([]))).rejects.toThrow('a.xml is missing')
  })
})

/** Takes a tenth off a size of the first part in the directory. */
function shrink(zip: Buffer, at: number): Buffer {
  const entry = zip.indexOf('PK\x01\x02')
  zip.writeUInt32LE(zip.readUInt32LE(entry + at) - 10, entry + at)
  return zip
}
