import type { BatchConfig } from '../../config/batch-config.js'
import { type BatchOptions, batchOptionsSchema } from '../../config/batch-options.js'
import { layerOptions } from '../../config/layer-options.js'
import { readDefaultModel } from '../../home/default-model.js'
import type { SavedTemplate } from '../../home/find-saved-template.js'
import { readBatchConfig } from '../../home/read-batch-config.js'
import { findTemplate } from '../../plan/prompt/choose-templates.js'
import type { ColumnValue } from '../../row/row.js'
import { jsonDocument } from '../text/batch-json.js'
import { exitCodes } from '../text/exit-code.js'
import { columnsOf, type TableColumn, tableText } from '../text/table-text.js'
import type { CommandSurroundings, Flag, GivenCommand, RunCommand } from '../words/command.js'
import { givenByConfig, settingName, settingRules } from '../words/config-words.js'
import { type BatchFlag, keyOf } from '../words/flag.js'
import { optionFlagGroups, runFlags } from '../words/flags.js'
import { readBatchFlags } from '../words/read-batch-flags.js'

/** A setting in force. */
interface SettingInForce {
  readonly name: string
  /** Null if nothing sets it. */
  readonly value: ColumnValue
  readonly origin: string
}

const columns: readonly TableColumn[] = [
  { title: 'OPTION' },
  { title: 'VALUE', least: 10 },
  { title: 'FROM', least: 8, cut: 'start' },
]

/**
 * `llm batch config`: prints each option of `llm batch` with its value and where that comes from:
 * the command line, the environment, the template, the file, or the program.
 */
export const runBatchSettings: RunCommand = async (given, surroundings) => {
  const { home, environment, stdout } = surroundings
  const config = await readBatchConfig(home, settingRules())
  const flags = readBatchFlags(given)
  const file = givenByConfig(config)
  const { template } = { ...readBatchFlags(file), ...flags }
  const { saved } = await findTemplate(home.folder, template)
  const layers = [
    { origin: 'command line', values: flags },
    { origin: 'environment', values: layerOptions({ flags, environment, config }).environment },
    { origin: `template ${saved?.name}`, values: ofTemplate(saved) },
    { origin: home.configPath, values: ofFile(config, file) },
    { origin: 'built-in', values: await builtIn(surroundings) },
  ]
  // `--json` is the word of this command.
  const { json: isJson, ...switches } = given.switches
  const runLayers = [
    { origin: 'command line', words: { ...given, switches } },
    { origin: home.configPath, words: file },
  ]
  const settings = [
    ...flagsOf().map(flag => settingOf(flag, layers)),
    ...runFlags.map(flag => runSettingOf(flag, runLayers)),
    ...Object.entries(byModel(config)).map(([name, value]) => ({
      name,
      value,
      origin: home.configPath,
    })),
  ]
  stdout.write(
    isJson === true
      ? jsonDocument(settings.map(({ name, value, origin }) => ({ name, value, from: origin })))
      : tableText(columns, settings.map(cellsOf), columnsOf(stdout)),
  )
  return exitCodes.allAnswered
}

/** One flag for each option, without the second flags of an option. */
function flagsOf(): readonly BatchFlag[] {
  const all = optionFlagGroups.flatMap(group => group.flags)
  return all.filter((flag, at) => all.findIndex(one => optionOf(one) === optionOf(flag)) === at)
}

function optionOf(flag: BatchFlag): string {
  return flag.option ?? keyOf(flag)
}

function settingOf(
  flag: BatchFlag,
  layers: readonly { readonly origin: string; readonly values: object | undefined }[],
): SettingInForce {
  const option = optionOf(flag)
  for (const { origin, values = {} } of layers) {
    const value = (values as Readonly<Record<string, unknown>>)[option]
    // An empty list or map sets nothing.
    if (value === undefined || JSON.stringify(value) === '{}' || JSON.stringify(value) === '[]') {
      continue
    }
    // A key may be written there itself.
    const shown = option === 'key' ? '(set)' : asWritten(option, value)
    return { name: settingName(flag), value: shown, origin }
  }
  return { name: settingName(flag), value: null, origin: 'built-in' }
}

function runSettingOf(
  flag: Flag,
  layers: readonly { readonly origin: string; readonly words: GivenCommand }[],
): SettingInForce {
  const key = keyOf(flag)
  const name = settingName(flag)
  for (const { origin, words } of layers) {
    const value = words.switches[key] ?? words.texts[key]
    if (value !== undefined) return { name, value, origin }
  }
  const isSwitch = flag.value === undefined
  return { name, value: isSwitch ? flag.name.startsWith('no-') : null, origin: 'built-in' }
}

/** A value in the words of the file: times in seconds, `unordered` as a switch. */
function asWritten(option: string, value: unknown): ColumnValue {
  if (option === 'cacheAgeMs') return `${Number(value) / 1000}s`
  if (option.endsWith('Ms')) return Number(value) / 1000
  return option === 'order' ? value === 'completion' : (value as ColumnValue)
}

/** What a saved template sets. */
function ofTemplate(saved: SavedTemplate | undefined): Partial<BatchOptions> | undefined {
  if (saved === undefined) return undefined
  const { model, system, options, fragments, systemFragments, extract, schema } = saved
  return {
    ...(model !== undefined && { model }),
    ...(system !== undefined && { system }),
    ...(extract !== undefined && { extract }),
    ...(schema !== undefined && { schema: schema as Record<string, unknown> }),
    options: options as NonNullable<BatchOptions['options']>,
    fragments: [...fragments],
    systemFragments: [...systemFragments],
  }
}

function ofFile(config: BatchConfig, file: GivenCommand): Partial<BatchOptions> {
  const layered = layerOptions({ flags: { input: '-' }, environment: {}, config })
  const { options: _further, ...defaults } = layered.defaults ?? {}
  const { input: _none, ...options } = readBatchFlags(file)
  return { ...options, ...defaults }
}

async function builtIn({ home }: CommandSurroundings): Promise<Partial<BatchOptions>> {
  const {
    environment: _environment,
    defaults: _defaults,
    ...values
  } = batchOptionsSchema.parse({
    input: '-',
  })
  return { ...values, concurrency: 1, model: await readDefaultModel(home.folder) }
}

function byModel({ rate_limits, prices }: BatchConfig): Readonly<Record<string, ColumnValue>> {
  return {
    ...(Object.keys(rate_limits).length > 0 && { rate_limits: rate_limits as ColumnValue }),
    ...(Object.keys(prices).length > 0 && { prices: prices as unknown as ColumnValue }),
  }
}

function cellsOf({ name, value, origin }: SettingInForce): readonly string[] {
  const text = value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value)
  return [name, text, origin]
}
