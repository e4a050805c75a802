import { BatchError } from '../../error/batch-error.js'
import { printableLine, printableText } from '../../host/printable.js'
import { causesOf, isDefect } from './exit-code.js'

/**
 * An error for people: `Error: <what>`, then one line of what to do.
 *
 * `LLM_RAISE_ERRORS` in the environment adds the stack. For a defect of the program, the remedy
 * says so. Stacks have messages only, never the requests and replies that an error may hold.
 *
 * @param asCalled writes our commands as they are to be typed.
 */
export function errorText(
  error: unknown,
  { LLM_RAISE_ERRORS: raise }: Readonly<Record<string, string | undefined>>,
  asCalled: (text: string) => string = text => text,
): string {
  const found = error instanceof Error || BatchError.isInstance(error) ? messageOf(error) : error
  const message = isOfUsage(error) ? asCalled(String(found)) : String(found)
  const lines = [`Error: ${printableLine(message)}`]
  const remedy = remedyOf(error)
  if (remedy !== undefined && remedy !== '') lines.push(printableLine(asCalled(remedy)))
  if (raise) lines.push(...stacksOf(error))
  return `${lines.join('\n')}\n`
}

/** Whether the message, too, is about our commands, and not about files and servers. */
function isOfUsage(error: unknown): boolean {
  return BatchError.isInstance(error) && error.code === 'USAGE_INVALID'
}

function remedyOf(error: unknown): string | undefined {
  if (BatchError.isInstance(error)) return error.remedy
  if (error === undefined || isDefect(error)) return defectRemedy
  const isFolderGone = (error as NodeJS.ErrnoException).syscall === 'uv_cwd'
  return isFolderGone ? 'The folder you are in was removed: change to another.' : undefined
}

const defectRemedy =
  'This is a defect in llm batch. Please report it with the stack that LLM_RAISE_ERRORS=1 in the environment shows.'

function messageOf({ message, name }: Error): string {
  return message === '' ? name : message
}

/** Of a thrown value that is not an error, only the value is shown. */
function stacksOf(error: unknown): readonly string[] {
  return causesOf(error).map(({ stack }, index) =>
    printableText(`${index === 0 ? '' : 'Caused by: '}${stack}`),
  )
}
