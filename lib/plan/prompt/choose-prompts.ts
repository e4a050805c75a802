import type { AnswerFormOptions } from '../../call/answer-form.js'
import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import type { Home } from '../../home/open-home.js'
import { checkSystemPrompt } from '../../model/catalog/check-system-prompt.js'
import { messageFault } from '../../model/catalog/message-fault.js'
import type { ModelReference } from '../../model/catalog/model-reference.js'
import type { Clock } from '../../port/clock.js'
import type { RowSource } from '../../port/row-source.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import type { Message } from '../../row/message.js'
import type { ModelOptions } from '../../row/prompt.js'
import { promptHash } from '../../template/prompt-hash.js'
import { type ChosenAttachments, chooseAttachments } from './choose-attachments.js'
import { chooseSchema } from './choose-schema.js'
import {
  chooseTemplates,
  type FoundTemplate,
  lineTemplates,
  templateWarnings,
} from './choose-templates.js'
import { type ChosenTools, chooseTools, hasTools } from './choose-tools.js'
import { type ReadFragments, readFragments } from './read-fragments.js'
import type { RenderRowOptions } from './render-row.js'

export interface ChoosePromptsOptions extends FoundTemplate {
  readonly source: RowSource
  readonly model: { readonly reference: ModelReference; readonly modelOptions: ModelOptions }
  readonly home: Home
  readonly databasePath: string
  /** The batch to resume. */
  readonly recorded: StoredBatch | undefined
  readonly clock: Clock
}

/** What is asked of each row. */
export interface ChosenPrompts {
  readonly prompts: RenderRowOptions
  /** The form that answers must have; absent for plain text. */
  readonly form: AnswerFormOptions | undefined
  /** Absent if there are none. They must be closed. */
  readonly attachments: ChosenAttachments | undefined
  /** Absent if there are none. They must be closed. */
  readonly tools: ChosenTools | undefined
  readonly fragments: ReadFragments
  readonly warnings: readonly string[]
}

/**
 * Chooses what is asked of each row: templates, system prompt, fragments, the form of the answer,
 * tools, attachments. Checks that the model takes all of it.
 *
 * @throws {BatchError} reach run.
 */
export async function choosePrompts(
  options: ResolvedBatchOptions,
  given: ChoosePromptsOptions,
): Promise<ChosenPrompts> {
  const { source, model, saved, home, databasePath, recorded, clock } = given
  const { reference, modelOptions } = model
  const { folder, environment } = home
  // The system prompt of each row, as far as it is known before any row is.
  checkSystemPrompt(reference, options.system ?? saved?.system)
  const templates = templatesOf(options, given)
  checkSystemPrompt(reference, templates.systemFragments[0])
  const looked = { path: databasePath, clock, environment, recorded }
  const fragments = await readFragments(templates, looked)
  const form = await chooseSchema(options, {
    ...{ folder, databasePath, saved, reference, clock },
    hasTools: hasTools(options, saved),
  })
  const { schema } = form ?? {}
  const isAskedWhole = source.format === 'openai-batch'
  const chosenTools = await chooseTools(options, {
    ...{ saved, reference, isAskedWhole, environment, clock },
  })
  const tools = chosenTools?.specs
  const rows = {
    source,
    hashOf: promptHash({ model: reference.id, options: modelOptions, schema, tools }),
  }
  const around = { saved, reference, rows, environment, clock }
  const attachments = await chooseAttachments(options, around).catch(async error => {
    await chosenTools?.close()
    throw error
  })
  const prompts = {
    ...templates,
    ...fragments,
    params: options.params,
    attachments: attachments?.shared,
    attachmentColumn: attachments?.column,
    modelId: reference.id,
    modelOptions,
    schema,
    tools,
    allowEmpty: options.allowEmpty,
    faultOfMessages: (messages: readonly Message[]) =>
      messageFault(reference, modelOptions, messages),
  }
  const warnings = templateWarnings(templates, source.columns)
  return { prompts, form, attachments, tools: chosenTools, fragments, warnings }
}

function templatesOf(options: ResolvedBatchOptions, given: ChoosePromptsOptions) {
  const { source, text: template, saved } = given
  const { columns, isColumnsFixed } = source
  const { system, params, literalBraces, fragments, systemFragments } = options
  const input = { columns, isColumnsFixed, hasFragments: fragments.length > 0, literalBraces }
  const chosen =
    source.format === 'openai-batch'
      ? lineTemplates
      : chooseTemplates({ template, system, saved, params, ...input })
  return {
    ...chosen,
    fragments: [...chosen.fragments, ...fragments],
    systemFragments: [...chosen.systemFragments, ...systemFragments],
  }
}
