/** The error of a missing reader, with the code of a write to a closed pipe. */
export function readerGone(): Error {
  return Object.assign(new Error('The reader has gone away'), { code: 'EPIPE' })
}
