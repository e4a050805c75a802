import { homeFileInvalid } from './home-file.js'

/**
 * A YAML file of the user's folder as plain values; null for an empty one.
 *
 * @throws {BatchError} HOME_FILE_INVALID with the line.
 */
export async function parseHomeYaml(path: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  // Its warnings would go to standard error in Node's words.
  const quiet = { prettyErrors: false, logLevel: 'error' } as const
  const document = parseDocument(text, { lineCounter: lines, ...quiet })
  const fault = document.errors[0]
  if (fault !== undefined) {
    const { line } = lines.linePos(fault.pos[0])
    throw homeFileInvalid(path, `line ${line}: ${fault.message.replace(/\.$/, '')}`)
  }
  try {
    return document.toJS()
  } catch (error) {
    // An alias to nothing, or aliases that multiply without end.
    throw homeFileInvalid(path, error instanceof Error ? error.message : String(error))
  }
}
