import { resolve } from 'node:path'
import type { ResolvedBatchOptions } from '../config/batch-options.js'
import type { SavedTemplate } from '../home/find-saved-template.js'
import { isLoggingOff } from '../home/logging-switch.js'
import { batchConfigPath } from '../home/read-batch-config.js'
import { readFragment } from '../home/read-fragment.js'
import { logsPath, userFolder } from '../home/user-folder.js'
import type { Surroundings } from '../host/surroundings.js'
import { systemClock } from '../host/system-clock.js'
import { checkSystem } from '../model/catalog/check-system.js'
import type { Clock } from '../port/clock.js'
import type { RowSource } from '../port/row-source.js'
import type { Fragment, Prompt } from '../row/prompt.js'
import type { Columns, Row } from '../row/row.js'
import { openSource } from '../source/open-source.js'
import { openStoredFragments } from '../store/open-stored-fragments.js'
import { placeholderNames } from '../template/template.js'
import { callsWithinFiles } from './calls-within-files.js'
import { checkOutputPlace } from './check-output-place.js'
import { type ChosenModel, chooseModel } from './choose-model.js'
import { type ChosenTemplates, chooseTemplates } from './choose-templates.js'
import { type ClosingStack, closingStack } from './closing-stack.js'
import { findTemplate } from './find-template.js'
import type { AskedOptions } from './recorded-config.js'
import { renderRow } from './render-row.js'

/** What is asked, of which model, from which rows: all that needs no key, no output and no network. */
export interface DecidedBatch {
  readonly clock: Clock
  readonly source: RowSource
  readonly model: ChosenModel
  /** Calls at once: as many as asked for, or fewer where there cannot be so many connections. */
  readonly concurrency: number
  readonly makeRender: (checkColumns?: (columns: Columns) => void) => (row: Row) => Prompt
  readonly asked: AskedOptions
  readonly databasePath: string
  readonly isLogged: boolean
  readonly warnings: readonly string[]
  readonly closing: ClosingStack
}

/** @throws {BatchError} reach run; what was opened by then is closed. */
export async function decideBatch(
  options: ResolvedBatchOptions,
  surroundings: Surroundings,
): Promise<DecidedBatch> {
  const closing = closingStack()
  try {
    return await decide(options, surroundings, closing)
  } catch (error) {
    await closing.close()
    throw error
  }
}

async function decide(
  options: ResolvedBatchOptions,
  surroundings: Surroundings,
  closing: ClosingStack,
): Promise<DecidedBatch> {
  const { clock = systemClock } = surroundings
  const folder = userFolder(surroundings)
  const { input: path, inputFormat: format, jsonPath, maxUnpackedMb } = options
  const { stdin } = surroundings
  const source = await openSource({ path, stdin, format, jsonPath, maxUnpackedMb })
  closing.add(() => source.rows.destroy())
  const { text, saved } = await findTemplate(folder, options.template)
  const model = await chooseModel(options, saved, surroundings)
  checkSystem(model.reference, systemOf(options, saved))
  const templates = chooseTemplates({
    template: text,
    system: options.system,
    saved,
    columns: source.columns,
    isColumnsFixed: source.isColumnsFixed,
  })
  const databasePath = resolve(options.database ?? logsPath(folder))
  const configPath = batchConfigPath(surroundings)
  await checkOutputPlace({ output: options.output, databasePath, folder, configPath })
  const isLogged = options.log && !(await isLoggingOff(folder))
  const fragments = await readFragments(templates, { path: databasePath, clock })
  const asked = {
    ...templates,
    ...fragments,
    modelId: model.reference.id,
    modelOptions: model.modelOptions,
  }
  const makeRender = (checkColumns?: (columns: Columns) => void) =>
    renderRow({ ...asked, checkColumns })
  const { concurrency } = options
  const calls = callsWithinFiles({ concurrency, reference: model.reference })
  const warnings = [...warningsOf(templates, source), ...calls.warnings]
  return {
    clock,
    source,
    model,
    asked,
    concurrency: calls.concurrency,
    makeRender,
    databasePath,
    isLogged,
    warnings,
    closing,
  }
}

/** What becomes of the system prompt of each row, as far as it is known before any row is. */
function systemOf(
  options: ResolvedBatchOptions,
  saved: SavedTemplate | undefined,
): string | undefined {
  return options.system ?? saved?.system ?? saved?.systemFragments[0]
}

/** The database is only looked at: a plan that is refused leaves nothing behind. */
async function readFragments(
  templates: ChosenTemplates,
  options: Parameters<typeof openStoredFragments>[0],
): Promise<{ fragments: readonly Fragment[]; systemFragments: readonly Fragment[] }> {
  const isAsked = templates.fragments.length + templates.systemFragments.length > 0
  if (!isAsked) return { fragments: [], systemFragments: [] }
  const stored = await openStoredFragments(options)
  try {
    const read = (names: readonly string[]) =>
      Promise.all(names.map(name => readFragment(name, stored)))
    return {
      fragments: await read(templates.fragments),
      systemFragments: await read(templates.systemFragments),
    }
  } finally {
    await stored.close()
  }
}

function warningsOf({ template, system }: ChosenTemplates, { columns }: RowSource): string[] {
  const isAsked = [template, system].some(
    asked =>
      asked !== undefined &&
      (placeholderNames(asked).length > 0 ||
        asked.parts.some(part => part.kind === 'placeholder' && columns.includes(part.name))),
  )
  if (isAsked) return []
  return ['The template names no column: every row will get the same prompt.']
}
