import type { LineCounter, Node, Pair, YAMLMap } from 'yaml'
import { type BatchError, runError } from '../error/batch-error.js'
import { nearest } from '../error/nearest.js'
import {
  type BatchConfig,
  batchConfigRules,
  emptyBatchConfig,
  mapOf,
  type Rule,
} from './batch-config.js'

interface Reading {
  readonly path: string
  readonly lines: LineCounter
  readonly yaml: typeof import('yaml')
  /** Returns the node that an alias (`*name`) stands for. */
  readonly resolve: (node: unknown) => unknown
  /** Returns the value that a node stands for. */
  readonly toValue: (node: unknown) => unknown
}

/**
 * Parses the text of batch-config.yaml. A blank setting counts as absent.
 *
 * @param path the file's name for messages.
 * @param options what may stand under `defaults` besides: the options of the command.
 * @throws {BatchError} CONFIG_INVALID with file and line: bad YAML, an unknown key (with the
 * nearest right one), a wrong value.
 */
export async function parseBatchConfig(
  source: string,
  path: string,
  options: Readonly<Record<string, Rule>> = {},
): Promise<BatchConfig> {
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(source, { lineCounter: lines, prettyErrors: false })
  const fault = document.errors[0]
  if (fault !== undefined) {
    throw configInvalid(path, lines.linePos(fault.pos[0]).line, fault.message)
  }
  const resolve = (node: unknown) => (yaml.isAlias(node) ? node.resolve(document) : node)
  const toValue = (node: unknown) => (yaml.isNode(node) ? node.toJS(document) : node)
  const reading = { path, lines, yaml, resolve, toValue }
  const { defaults } = batchConfigRules
  const rules = { ...batchConfigRules, defaults: mapOf({ ...options, ...defaults.fields }) }
  const { contents } = document
  return {
    ...emptyBatchConfig,
    ...(readMap(reading, contents, {
      name: '',
      rule: mapOf(rules),
    }) as Partial<BatchConfig>),
  }
}

/** A setting in the file: its name, as `defaults.model`, and what it may be. */
interface Setting {
  readonly name: string
  readonly rule: Rule
}

function readMap(reading: Reading, node: unknown, { name, rule }: Setting): object {
  const { fields, any, needed = [] } = rule
  const prefix = name === '' ? '' : `${name}.`
  const entries = pairsOf(reading, node, { name, rule }).map(pair => {
    const key = keyOf(reading, pair, fields && Object.keys(fields), prefix)
    const inner = { name: prefix + key, rule: (fields?.[key] ?? any) as Rule }
    return [key, readSetting(reading, pair, inner)] as const
  })
  const given = entries.filter(([, value]) => value !== undefined)
  const missing = needed.filter(key => !given.some(([known]) => known === key))
  if (missing.length === 0) return Object.fromEntries(given)
  const reason = `"${name}" expects ${rule.expected}, but has no ${missing.join(' and no ')}`
  throw configInvalid(reading.path, lineOf(reading, node), reason)
}

/** The settings of a map. Empty if the map is blank. */
function pairsOf(reading: Reading, node: unknown, { name }: Setting): readonly Pair[] {
  const { yaml, resolve, path } = reading
  const map = resolve(node)
  if (yaml.isMap(map)) return (map as YAMLMap).items
  if (map === null || (yaml.isScalar(map) && map.value === null)) return []
  const reason = `${name || 'the file'} should be a map of settings`
  throw configInvalid(path, lineOf(reading, node), reason)
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

function readSetting(reading: Reading, pair: Pair, setting: Setting): unknown {
  const { name, rule } = setting
  const node = reading.resolve(pair.value)
  const isMap = reading.yaml.isMap(node)
  const takesMap = rule.fields !== undefined || rule.any !== undefined
  if (takesMap && (isMap || rule.accepts === undefined))
    return readMap(reading, pair.value, setting)
  const isScalar = reading.yaml.isScalar(node)
  const value = isScalar ? node.value : rule.isWhole ? reading.toValue(node) : node
  if (value === null) return undefined
  if (rule.accepts?.(value)) return value
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
