import { cutOutput, longestOutputBytes } from '../result/cut-output.js'
import type { MontyComplete, MontyModule } from './monty-module.js'
import type { PythonLimits, PythonReply } from './python-reply.js'
import { floatText, pythonValueText } from './python-value-text.js'

/** Bytes, so that an error's message has room beside its details. */
const longestDetailsBytes = longestOutputBytes - 3 * 1024
const longestMessageBytes = 2 * 1024

const nothingSaid = 'The code printed nothing, and its last line is not an expression with a value.'

/**
 * Runs code from a fresh start, and gives what it printed and the value of its last expression, as
 * text. There is nothing outside that the code can reach.
 */
export function runPython(monty: MontyModule, code: string, limits: PythonLimits): PythonReply {
  const printed = { text: '', bytes: 0 }
  const take = (part: string): void => {
    printed.bytes += Buffer.byteLength(part)
    // More than that is cut anyway.
    if (printed.text.length <= longestOutputBytes) {
      printed.text += part.slice(0, longestOutputBytes + 1)
    }
  }
  try {
    const value = valueText(monty, runToEnd(monty, code, limits, take))
    const isEmpty = printed.bytes === 0 && value === undefined
    return { kind: 'done', text: isEmpty ? nothingSaid : outputText(printed, value) }
  } catch (error) {
    return failedReply(monty, error, printed)
  }
}

interface Printed {
  /** The start of what was printed. */
  readonly text: string
  /** Of all that was printed. */
  readonly bytes: number
}

/** Python stops wherever it meets an unknown name, for the name's value. There is none. */
function runToEnd(
  monty: MontyModule,
  code: string,
  limits: PythonLimits,
  take: (part: string) => void,
): MontyComplete {
  let step = new monty.Monty(code).start({
    limits: {
      maxDurationSecs: limits.timeMs / 1000,
      maxMemory: limits.memoryBytes,
      maxRecursionDepth: limits.nestedCalls,
    },
    printCallback: (_stream: string, part: string) => take(part),
  })
  while (!(step instanceof monty.MontyComplete)) {
    if (step instanceof monty.MontySnapshot) {
      const message = `name '${step.functionName}' is not defined`
      step = step.resume({ exception: { type: 'NameError', message } })
    } else {
      step = step.resume()
    }
  }
  return step
}

/** The text of the last expression's value; undefined for `None`, as on Python's own prompt. */
function valueText(monty: MontyModule, end: MontyComplete): string | undefined {
  const value: unknown = end.output
  if (value === null || value === undefined) return undefined
  // JavaScript does not tell 5.0 from 5, and a text from the name of a function.
  if (typeof value === 'number' && kindOf(end) === 'Float') return floatText(value)
  if (typeof value === 'string' && value.length < 1000 && kindOf(end) === 'Repr') return value
  try {
    return pythonValueText(value, object => reprOf(monty, object))
  } catch (error) {
    if (error instanceof RangeError) return 'a value that is nested too deeply to be shown'
    throw error
  }
}

/** Monty's word for the type of a value: `Float`, `Repr`. */
function kindOf(end: MontyComplete): string | undefined {
  return /^MontyComplete\(output=(\w+)/.exec(end.repr())?.[1]
}

function reprOf(monty: MontyModule, value: object): string {
  try {
    return String(new monty.Monty('repr(value)', { inputs: ['value'] }).run({ inputs: { value } }))
  } catch {
    // Classes and functions have a name only.
    const { value: name = 'object' } = value as { readonly value?: unknown }
    return `<${name}>`
  }
}

function outputText(printed: Printed, value: string | undefined): string {
  const lineEnd = printed.text === '' || printed.text.endsWith('\n') ? '' : '\n'
  const rest = value === undefined ? '' : lineEnd + value
  return cutOutput(printed.text + rest, { wholeBytes: printed.bytes + Buffer.byteLength(rest) })
}

function failedReply(monty: MontyModule, error: unknown, printed: Printed): PythonReply {
  if (!(error instanceof monty.MontyError)) throw error
  const { typeName, message } = error.exception
  const traceback = 'traceback' in error ? error.display('traceback') : `${typeName}: ${message}`
  const before = printed.bytes === 0 ? '' : `Printed before:\n${printed.text}`
  const details = [traceback, before].filter(part => part !== '').join('\n\n')
  const unseenBytes = printed.bytes - Buffer.byteLength(printed.text)
  return {
    kind: 'failed',
    name: typeName,
    message: cutOutput(message, { mostBytes: longestMessageBytes }),
    details: cutOutput(details, {
      mostBytes: longestDetailsBytes,
      wholeBytes: Buffer.byteLength(details) + unseenBytes,
    }),
  }
}
