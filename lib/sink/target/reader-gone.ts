/** Nobody is left to read what is written; with the code that a write to a closed pipe has. */
export function readerGone(): Error {
  return Object.assign(new Error('The reader has gone away'), { code: 'EPIPE' })
}
