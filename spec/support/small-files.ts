import { createHash } from 'node:crypto'

/** The beginnings of files, which tell their types. */
export const smallFiles = {
  png: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
  jpeg: Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0', 'latin1'),
  pdf: Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1'),
  wav: Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'),
  mp3: Buffer.from('ID3\x03\0\0\0\0\0\x0a', 'latin1'),
  text: Buffer.from('A text, with ünï.\n'),
  zip: Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'),
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
