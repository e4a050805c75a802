import type { Command, ProgramName } from './words/command.js'

/** The name that the program was called by. On Windows it is always `llm`. */
export function programNameOf(programPath: string | undefined): ProgramName {
  return /(^|[\\/])llm-batch(\.[a-z]+)?$/.test(programPath ?? '') ? 'llm-batch' : 'llm'
}

/** Words that mean the same after both names. */
const ofBothNames = ['--version', '-V', 'help']

/** `llm-batch FILE …` is `llm batch FILE …`. What begins with a command of ours is that command. */
export function wordsMeant(
  words: readonly string[],
  program: ProgramName,
  commands: readonly Command[],
): readonly string[] {
  const [first] = words
  if (program === 'llm' || first === undefined || ofBothNames.includes(first)) return words
  return familiesOf(commands).includes(first) ? words : ['batch', ...words]
}

/**
 * Returns a function that writes our commands in a text as they are to be typed: `llm batch list`
 * becomes `llm-batch list`, and `llm keys` becomes `llm-batch keys`.
 *
 * Only for texts of ours. A command of Python's llm stays.
 */
export function namerFor(
  program: ProgramName,
  commands: readonly Command[],
): (text: string) => string {
  if (program === 'llm') return text => text
  const ours = new Set([...familiesOf(commands), 'COMMAND'])
  return text =>
    text
      .replaceAll('llm --help', 'llm-batch help')
      .replaceAll(/\bllm (?=([a-z]+|COMMAND)\b(?!` of .*Python))/g, (found, family: string) =>
        ours.has(family) ? 'llm-batch ' : found,
      )
      .replaceAll(/\bllm-batch batch\b/g, 'llm-batch')
}

function familiesOf(commands: readonly Command[]): readonly string[] {
  return [...new Set(commands.map(({ words }) => words.replace(/ .*/, '')))]
}
