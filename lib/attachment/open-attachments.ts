import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { AttachmentStore } from '../port/attachment-store.js'
import type { Attachment } from '../row/attachment.js'
import type { OpenWebOptions, Web } from './open-web.js'
import { localHost } from './public-address.js'
import { findFile, loadFile } from './read-file.js'
import { recentValues } from './recent-values.js'

export interface OpenAttachmentsOptions extends OpenWebOptions {
  /**
   * Whether a call sends the URL of an attachment of this type, so that the provider fetches it.
   */
  readonly isUrlSent: (type: string) => boolean
}

/** Attachments that are remembered, so that rows with the same file read it once. */
const mostFound = 10_000
/** Bytes of attachments that are kept, so that rows with the same file load it once. */
const mostLoadedBytes = 32_000_000

/** Opens the files and URLs that go with prompts. The web is loaded when the first URL is met. */
export function openAttachments(options: OpenAttachmentsOptions): AttachmentStore {
  const { isUrlSent, mostBytes } = options
  const found = recentValues<Attachment>(mostFound)
  const loaded = recentValues<Buffer>(mostLoadedBytes)
  let web: Promise<Web> | undefined

  return {
    find({ name, folder, type }) {
      const isUrl = name.includes('://')
      const place = isUrl ? name : resolve(folder, name)
      const find = isUrl ? findUrl : findPath
      return found.of(`${type ?? ''} ${place}`, 1, () => find(place, type))
    },
    load(attachment) {
      const { id, url, loadedBytes } = attachment
      return loaded.of(id, loadedBytes, async () =>
        url === undefined ? loadFile(attachment) : (await openedWeb()).load(url),
      )
    },
    async close() {
      await (await web)?.close()
    },
  }

  function findPath(path: string, type: string | undefined): Promise<Attachment> {
    return findFile(path, { type, mostBytes })
  }

  async function findUrl(url: string, given: string | undefined): Promise<Attachment> {
    const opened = await openedWeb()
    opened.check(url)
    const id = createHash('sha256')
      .update(`{"url": ${pythonJson(url)}}`)
      .digest('hex')
    const looked = given === undefined ? await opened.look(url) : undefined
    const type = given ?? looked?.type ?? ''
    // The provider cannot reach an address that only this machine reaches.
    const isSent = isUrlSent(type) && localHost(new URL(url).hostname) === undefined
    return { id, type, url, loadedBytes: isSent ? 0 : (looked?.bytes ?? mostBytes) }
  }

  function openedWeb(): Promise<Web> {
    web ??= import('./open-web.js').then(({ openWeb }) => openWeb(options))
    return web
  }
}

/** A text as Python's `json.dumps` writes it: only ASCII. */
function pythonJson(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\u007f-\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
