import { homeFileInvalid } from './home-file.js'

export interface ParseHomeYamlOptions {
  /**
   * Whether to keep what plain values lose: integers come as bigints, and maps as `Map`, in the
   * order of their names.
   */
  readonly isExact?: boolean
}

/**
 * Parses a YAML file of the user's folder into plain values. Returns null for an empty file.
 *
 * @throws {BatchError} HOME_FILE_INVALID with the line.
 */
export async function parseHomeYaml(
  path: string,
  text: string,
  { isExact = false }: ParseHomeYamlOptions = {},
): Promise<unknown> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  // Without these settings, the library prints warnings to standard error.
  const quiet = { prettyErrors: false, logLevel: 'error' } as const
  const document = parseDocument(text, { lineCounter: lines, intAsBigInt: isExact, ...quiet })
  const fault = document.errors[0]
  if (fault !== undefined) {
    const { line } = lines.linePos(fault.pos[0])
    throw homeFileInvalid(path, `line ${line}: ${fault.message.replace(/\.$/, '')}`)
  }
  try {
    return document.toJS({ mapAsMap: isExact })
  } catch (error) {
    // The document has an alias without an anchor, or aliases that expand without end.
    throw homeFileInvalid(path, error instanceof Error ? error.message : String(error))
  }
}
