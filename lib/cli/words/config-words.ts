import type { BatchConfig, Rule } from '../../config/batch-config.js'
import type { BatchOptions } from '../../config/batch-options.js'
import type { Flag, GivenCommand } from './command.js'
import { keyOf, switchName } from './flag.js'
import { batchFlagGroups } from './flags.js'
import { readBatchFlags } from './read-batch-flags.js'

const flags: readonly Flag[] = batchFlagGroups.flatMap(group => group.flags)

/** Settings whose place in the order of layers is their own; see `layerOptions`. */
const ownLayer = ['concurrency', 'rate_limit', 'token_limit', 'max_cost', 'model', 'format', 'log']

/** The name of an option in batch-config.yaml: `usage_columns`; `fail_fast` of `--no-fail-fast`. */
export function settingName(flag: Flag): string {
  return switchName(flag).replaceAll('-', '_')
}

/** What may stand under `defaults:` for each option of the command. */
export function settingRules(): Readonly<Record<string, Rule>> {
  const rules = flags.map(flag => {
    const accepts = (value: unknown) => isAccepted(flag, value)
    return [settingName(flag), { expected: expectedOf(flag), accepts, isWhole: true }] as const
  })
  return Object.fromEntries(rules)
}

/** The options of the file as if they were typed, those with a layer of their own excepted. */
export function givenByConfig({ defaults }: Pick<BatchConfig, 'defaults'>): GivenCommand {
  return flags.reduce<GivenCommand>((given, flag) => {
    const name = settingName(flag)
    const value = ownLayer.includes(name) ? undefined : defaults[name]
    return value === undefined ? given : withValue(given, flag, value)
  }, nothingGiven)
}

/** The options of a batch in the file. */
export function readConfigOptions(given: GivenCommand): Partial<BatchOptions> {
  const { input: _none, ...options } = readBatchFlags(given)
  return options
}

/** The words of the command line over those of the file, for what is shown of a run. */
export function overConfig(typed: GivenCommand, file: GivenCommand): GivenCommand {
  return {
    ...typed,
    texts: { ...file.texts, ...typed.texts },
    switches: { ...file.switches, ...typed.switches },
  }
}

const nothingGiven: GivenCommand = { operands: [], texts: {}, lists: {}, switches: {}, pairs: {} }

function expectedOf({ name, value, pairExample, isRepeatable }: Flag): string {
  if (value === undefined) return 'true or false'
  if (pairExample !== undefined) return `a map, as in {${pairExample.replace(' ', ': ')}}`
  return isRepeatable ? 'a text, or a list of texts' : `what --${name} takes`
}

function isAccepted(flag: Flag, value: unknown): boolean {
  const { value: name, isRepeatable, pairExample, mayBeEmpty } = flag
  if (name === undefined) {
    if (typeof value !== 'boolean') return false
  } else if (pairExample !== undefined) {
    const entries = Object.entries(isMap(value) ? value : {})
    if (
      entries.length === 0 ||
      !entries.every(([, one]) => typeof one === 'boolean' || isPlain(one))
    )
      return false
  } else if (isRepeatable) {
    const texts = Array.isArray(value) ? value : [value]
    if (!texts.every(one => isPlain(one) && one !== '')) return false
  } else if (!isPlain(value) || (value === '' && !mayBeEmpty)) return false
  try {
    readBatchFlags(withValue(nothingGiven, flag, value))
    return true
  } catch {
    return false
  }
}

function withValue(given: GivenCommand, flag: Flag, value: unknown): GivenCommand {
  const key = keyOf(flag)
  if (typeof value === 'boolean') {
    return { ...given, switches: { ...given.switches, [key]: value } }
  }
  if (flag.pairExample !== undefined) {
    const pairs = Object.entries(value as object).map(([name, one]) => [name, String(one)] as const)
    return { ...given, pairs: { ...given.pairs, [key]: pairs } }
  }
  if (flag.isRepeatable) {
    const texts = (Array.isArray(value) ? value : [value]).map(String)
    return { ...given, lists: { ...given.lists, [key]: texts } }
  }
  return { ...given, texts: { ...given.texts, [key]: String(value) } }
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}
