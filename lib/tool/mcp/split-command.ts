import { type BatchError, runError } from '../../error/batch-error.js'

/** Words that only a shell understands. */
const ofShells = new Set(['|', '||', '&', '&&', ';', '<', '>', '>>', '2>', '2>&1', '|&'])

/**
 * Splits a command line into words as a POSIX shell does, without a shell: at blanks, with single
 * quotes, double quotes and backslashes. Nothing is expanded.
 *
 * @throws {BatchError} TOOL_INVALID for an open quote, and for what needs a shell; reach run.
 * @example
 * splitCommand(`npx some-server --root 'My files'`) // ['npx', 'some-server', '--root', 'My files']
 */
export function splitCommand(line: string): readonly string[] {
  const words: string[] = []
  let rest = line
  for (;;) {
    rest = rest.trimStart()
    if (rest === '') return words
    const raw = wordPattern.exec(rest)?.[0] ?? ''
    if (raw === '') throw commandInvalid(line, 'it ends within quotes or after a backslash')
    if (ofShells.has(raw)) throw commandInvalid(line, `no shell runs it, so ${raw} has no meaning`)
    words.push(raw.replace(partPattern, unquoted))
    rest = rest.slice(raw.length)
    // A part that is not closed stays behind a word.
    if (/^\S/.test(rest)) throw commandInvalid(line, 'it ends within quotes or after a backslash')
  }
}

const wordPattern = /^(?:'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^\s'"\\])+/s
const partPattern = /'[^']*'|"(?:[^"\\]|\\.)*"|\\./gs

function unquoted(part: string): string {
  if (part.startsWith("'")) return part.slice(1, -1)
  if (part.startsWith('"')) return part.slice(1, -1).replace(/\\(["\\$`])/g, '$1')
  return part.slice(1)
}

function commandInvalid(line: string, reason: string): BatchError {
  return runError(
    'TOOL_INVALID',
    `The command of the MCP server cannot be run: ${reason}: ${line}`,
    'Quote the words of the command, or put the command into a script, and name that.',
  )
}
