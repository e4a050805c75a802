import { BatchError } from '../../error/batch-error.js'
import { printableLine, printableText } from '../../host/printable.js'
import { isDefect } from './exit-code.js'

/**
 * An error for people: `Error: <what>`, then one line of what to do.
 *
 * For a defect of the program, the remedy says how to see the stack. Stacks have messages only,
 * never the requests and replies that an error may hold.
 */
export function errorText(error: unknown, { withStack }: { readonly withStack: boolean }): string {
  const message = error instanceof Error || BatchError.isInstance(error) ? messageOf(error) : error
  const lines = [`Error: ${printableLine(String(message))}`]
  const remedy = remedyOf(error)
  if (remedy !== undefined && remedy !== '') lines.push(printableLine(remedy))
  if (withStack) lines.push(...stacksOf(error))
  return `${lines.join('\n')}\n`
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

function stacksOf(error: unknown): readonly string[] {
  const stacks: string[] = []
  const seen = new Set<unknown>()
  for (let cause = error; cause instanceof Object && !seen.has(cause); ) {
    seen.add(cause)
    const { stack, cause: next } = cause as { stack?: unknown; cause?: unknown }
    stacks.push(
      printableText(`${stacks.length === 0 ? '' : 'Caused by: '}${String(stack ?? cause)}`),
    )
    cause = next
  }
  return stacks
}
