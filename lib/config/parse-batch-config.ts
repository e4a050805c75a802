import type { LineCounter, Node, Pair, YAMLMap } from 'yaml'
import { type BatchError, runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import { type OutputFormat, outputFormats } from '../port/row-sink.js'

/** The settings of batch-config.yaml. Settings that are not in the file are absent. */
export interface BatchConfig {
  readonly defaults: {
    readonly concurrency?: number
    /** Prompts per minute. */
    readonly rate_limit?: number
    readonly model?: string
    readonly resume_on_failure?: boolean
  }
  /** Prompts per minute by model id or alias. */
  readonly rate_limits: Readonly<Record<string, number>>
  readonly output: {
    readonly format?: OutputFormat
    readonly save_to_logs?: boolean
  }
}

interface Rule {
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)
const wholeNumber: Rule = {
  expected: 'a whole number of 1 or more',
  accepts: value => isNumber(value) && Number.isInteger(value) && value >= 1,
}
const perMinute: Rule = {
  expected: 'a number more than 0 (prompts per minute)',
  accepts: value => isNumber(value) && value > 0,
}
const text: Rule = {
  expected: 'text',
  accepts: value => typeof value === 'string' && value !== '',
}
const yesOrNo: Rule = { expected: 'true or false', accepts: value => typeof value === 'boolean' }
const format: Rule = {
  expected: `one of ${outputFormats.join(', ')}`,
  accepts: value => (outputFormats as readonly unknown[]).includes(value),
}

/** All sections, their settings, and the rule of each setting. `any` stands for every name. */
const shape: Readonly<Record<string, Readonly<Record<string, Rule>> | { readonly any: Rule }>> = {
  defaults: {
    concurrency: wholeNumber,
    rate_limit: perMinute,
    model: text,
    resume_on_failure: yesOrNo,
  },
  rate_limits: { any: perMinute },
  output: { format, save_to_logs: yesOrNo },
}

interface Reading {
  readonly path: string
  readonly lines: LineCounter
  readonly yaml: typeof import('yaml')
  /** Returns the node that an alias (`*name`) stands for. */
  readonly resolve: (node: unknown) => unknown
}

/**
 * Parses the text of batch-config.yaml. A blank setting counts as absent.
 *
 * @param path the file's name for messages.
 * @throws {BatchError} CONFIG_INVALID with file and line: bad YAML, an unknown key (with the
 * nearest right one), a wrong value.
 */
export async function parseBatchConfig(source: string, path: string): Promise<BatchConfig> {
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(source, { lineCounter: lines, prettyErrors: false })
  const fault = document.errors[0]
  if (fault !== undefined) {
    throw configInvalid(path, lines.linePos(fault.pos[0]).line, fault.message)
  }
  const resolve = (node: unknown) => (yaml.isAlias(node) ? node.resolve(document) : node)
  const reading = { path, lines, yaml, resolve }
  const config = { defaults: {}, rate_limits: {}, output: {} }
  for (const pair of pairsOf(reading, document.contents, 'the file')) {
    const section = keyOf(reading, pair, Object.keys(shape), '')
    Object.assign(config, { [section]: readSection(reading, section, pair) })
  }
  return config
}

function readSection(reading: Reading, section: string, { value }: Pair) {
  const rules = shape[section] ?? {}
  const entries = pairsOf(reading, value, section).map(pair => {
    const known = 'any' in rules ? undefined : Object.keys(rules)
    const name = keyOf(reading, pair, known, `${section}.`)
    const rule = 'any' in rules ? rules.any : (rules as Record<string, Rule>)[name]
    return [name, readValue(reading, pair, { name: `${section}.${name}`, rule: rule ?? text })]
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** The settings of a map. Empty if the map is blank. */
function pairsOf(reading: Reading, node: unknown, name: string): readonly Pair[] {
  const { yaml, resolve, path } = reading
  const map = resolve(node)
  if (yaml.isMap(map)) return (map as YAMLMap).items
  if (map === null || (yaml.isScalar(map) && map.value === null)) return []
  throw configInvalid(path, lineOf(reading, node), `${name} should be a map of settings`)
}

function keyOf(
  reading: Reading,
  pair: Pair,
  known: readonly string[] | undefined,
  prefix: string,
): string {
  const { yaml, path } = reading
  const key = yaml.isScalar(pair.key) ? String(pair.key.value) : '?'
  if (known === undefined || known.includes(key)) return key
  const near = nearest(key, known, 1)[0]
  const hint =
    near === undefined ? `Known are: ${known.join(', ')}.` : `Did you mean "${prefix}${near}"?`
  throw configInvalid(path, lineOf(reading, pair.key), `unknown key "${prefix}${key}"`, hint)
}

function readValue(
  reading: Reading,
  pair: Pair,
  { name, rule }: { readonly name: string; readonly rule: Rule },
): unknown {
  const node = reading.resolve(pair.value)
  const value = reading.yaml.isScalar(node) ? node.value : node
  if (value === null) return undefined
  if (rule.accepts(value)) return value
  const found = reading.yaml.isScalar(node) ? JSON.stringify(value) : 'a list or a map'
  throw configInvalid(
    reading.path,
    lineOf(reading, pair.value ?? pair.key),
    `"${name}" expects ${rule.expected}, got ${found}`,
  )
}

function lineOf({ lines }: Reading, node: unknown): number {
  const start = (node as Node | null)?.range?.[0]
  return start === undefined ? 1 : lines.linePos(start).line
}

function configInvalid(path: string, line: number, reason: string, remedy?: string): BatchError {
  return runError(
    'CONFIG_INVALID',
    `${path}, line ${line}: ${reason.replace(/\.$/, '')}.`,
    remedy ?? 'Correct that line.',
  )
}
