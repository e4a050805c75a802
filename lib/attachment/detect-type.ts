import { extname } from 'node:path'

/** Bytes from the start of a file that tell its type. */
export const headBytes = 4096

/** What a file of a type has at its start. In a pattern, `.` is any byte. */
interface Signature {
  readonly type: string
  readonly pattern: RegExp
}

const signature = (type: string, pattern: RegExp): Signature => ({ type, pattern })

/**
 * The types that models take, and their neighbours, told by their first bytes. Types are those that
 * llm's library (puremagic) gives; a spec compares them.
 *
 * A table of our own: what models take is a short list. `file-type` calls an animated PNG
 * `image/apng`, which no provider takes, and its versions for Node 20 get no more corrections.
 *
 * @see https://www.iana.org/assignments/media-types (each type's registration has its signature)
 * @see https://mp4ra.org/registered-types/brands (the brands after `ftyp`)
 */
const signatures: readonly Signature[] = [
  signature('image/png', /^\x89PNG\r\n.\n/s),
  signature('image/jpeg', /^\xff\xd8\xff/s),
  signature('image/gif', /^GIF8[79]a/s),
  signature('image/webp', /^RIFF.{4}WEBP/s),
  signature('image/bmp', /^BM.{4}\0\0\0\0/s),
  signature('image/tiff', /^(?:II\*\0|MM\0\*)/s),
  signature('image/avif', /^.{4}ftypavi[fs]/s),
  signature('image/heic', /^.{4}ftyphei[cx]/s),
  signature('image/heif', /^.{4}ftyp(?:mif1|msf1|heim|heis|hevc)/s),
  signature('application/pdf', /^.{0,1019}%PDF-/s),
  signature('audio/wav', /^RIFF.{4}WAVE/s),
  signature('audio/aiff', /^FORM.{4}AIF[FC]/s),
  signature('audio/flac', /^fLaC/s),
  signature('audio/aac', /^\xff[\xf1\xf9]/s),
  signature('audio/mpeg', /^(?:ID3|\xff[\xf2\xf3\xfa\xfb])/s),
  signature('audio/ogg', /^OggS/s),
  signature('audio/mp4', /^.{4}ftypM4A /s),
  signature('video/quicktime', /^.{4}ftypqt {2}/s),
  signature('video/3gpp', /^.{4}ftyp3g[ep]/s),
  signature('video/mp4', /^.{4}ftyp(?:isom|iso[2-9]|mp4[12]|avc1|M4V |dash)/s),
  signature('video/webm', /^.E\xdf\xa3.{0,80}webm/s),
  signature('video/mpeg', /^\0\0.[\xb3\xba]/s),
  signature('video/avi', /^RIFF.{4}AVI /s),
]

/** Types of texts, which have no signature, by the extension of the name. */
const textTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.md': 'text/markdown',
  '.xml': 'text/xml',
}

/**
 * The MIME type of a file, by its first bytes. A text has no signature: its type is that of the
 * name's extension, else `text/plain`.
 *
 * @param head the first `headBytes` of the file, or all.
 * @returns undefined for bytes that are neither of a known type nor text.
 */
export function detectType(head: Uint8Array, name: string): string | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, headBytes))
  const text = bytes.toString('latin1')
  const known = signatures.find(({ pattern }) => pattern.test(text))
  if (known !== undefined) return known.type
  if (!isText(bytes)) return undefined
  return textTypes[extname(name).toLowerCase()] ?? 'text/plain'
}

/** Whether bytes are UTF-8 without control characters of other kinds than a text has. */
function isText(bytes: Buffer): boolean {
  try {
    // With `stream`, the last character may be cut.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is meant
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)
  } catch {
    return false
  }
}
