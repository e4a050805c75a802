import type { BatchOptions } from '../../config/batch-options.js'
import type { Flag, GivenCommand } from './command.js'

type GivenPairs = GivenCommand['pairs'][string]

/** A flag of `llm batch`, and how it sets an option of the batch. */
export interface BatchFlag extends Flag {
  /** The option; absent if it has the flag's name in camel case. */
  readonly option?: keyof BatchOptions
  /**
   * Reads the value; absent if the option is the text itself, or whether the switch is on.
   *
   * @param given the text; `true` or `false` for a switch.
   * @param name the flag as a message names it: `--limit`.
   * @throws {BatchError} USAGE_INVALID
   */
  readonly read?: (given: string, name: string) => unknown
  /**
   * Reads the pairs of words; makes an object of them if absent.
   *
   * @param before what an earlier flag has set the option to.
   */
  readonly readPairs?: (pairs: GivenPairs, before: unknown) => unknown
}

/**
 * Defines a flag.
 *
 * @param usage the flag as help shows it: `-t, --template TEXT`; a switch has no value, and a value
 * that may be left out stands in brackets: `--error-column[=NAME]`.
 * @param about one line.
 */
export function flag(usage: string, about: string, further: Partial<BatchFlag> = {}): BatchFlag {
  const pattern = /^(?:-([a-zA-Z]), )?--([a-z-]+)(?: (.+)|\[=(.+)\])?$/
  const [, short, name = '', value, optional] = pattern.exec(usage) ?? []
  const ofOptional = optional !== undefined && { value: optional, isValueOptional: true as const }
  return { name, short, value, about, ...ofOptional, ...further }
}

/** The name without the `no-` of a switch that is on by default. */
export function switchName({ name }: Flag): string {
  return name.replace(/^no-/, '')
}

/** The key of a flag's value: `rate-limit` → `rateLimit`, `no-log` → `log`. */
export function keyOf(flag: Flag): string {
  return switchName(flag).replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase())
}
