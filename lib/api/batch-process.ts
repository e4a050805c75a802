import { pipeline } from 'node:stream'
import { answerForm } from '../call/answer-form.js'
import { takeBudget } from '../call/budgets-in-use.js'
import { callPath } from '../call/call-path.js'
import { loadAttachments } from '../call/client/load-attachments.js'
import { spendCap } from '../call/spend-cap.js'
import { createStopSwitch } from '../call/stop-switch.js'
import {
  type BatchOptions,
  parseBatchOptions,
  type ResolvedBatchOptions,
} from '../config/batch-options.js'
import { limitsFor } from '../config/limits-for.js'
import { chooseTemplates } from '../plan/prompt/choose-templates.js'
import { type RenderRowOptions, renderRow } from '../plan/prompt/render-row.js'
import type { RowSource } from '../port/row-source.js'
import type { Outcome } from '../row/outcome.js'
import { addToTally, emptyTally } from '../row/tally.js'
import type { BatchProgress } from '../run/progress.js'
import { type GivenRows, readGivenRows } from '../source/read-given-rows.js'
import { equalPrompts } from '../stage/equal-prompts.js'
import { invokeModel } from '../stage/invoke-model.js'
import { latestAnswers } from '../stage/latest-answers.js'
import { mapPrompts } from '../stage/map-prompts.js'
import { mapRows } from '../stage/map-rows.js'
import { restoreOrder } from '../stage/restore-order.js'
import { reuseAnswers } from '../stage/reuse-answers.js'
import { takeRows } from '../stage/take-rows.js'
import type { Template } from '../template/template.js'
import { type Model, partsOf } from './model.js'
import { type Response, responseOf } from './response.js'
import { stopOnAbort } from './run-listeners.js'

/** How far `batchProcess` is. */
export type ProcessProgress = Pick<BatchProgress, 'rowsRead' | 'tally' | 'callsInFlight'>

export interface BatchProcessOptions {
  /** What is asked of rows that are objects, with their members as `{columns}`; else `{prompt}`. */
  readonly template?: string | undefined
  /** Stops asking when it aborts: calls in flight finish, and then its reason is thrown. */
  readonly signal?: AbortSignal | undefined
  /** Hears how far it is, after each group of outcomes. */
  readonly onProgress?: ((progress: ProcessProgress) => void) | undefined
  /** Hears of each outcome before it is yielded. */
  readonly onOutcome?: ((outcome: Outcome) => void) | undefined
  /** Calls in flight at once, or `auto`: as many as the server takes and needs; 1 when absent. */
  readonly concurrency?: number | 'auto' | undefined
  /** Calls started per minute; no limit when absent. */
  readonly rateLimit?: number | undefined
  /** Input and output tokens per minute; no limit when absent. */
  readonly tokenLimit?: number | undefined
  /** US dollars that all calls may cost together; no limit when absent. */
  readonly maxCostUsd?: number | undefined
  /** The system prompt, with `{columns}` where `template` is given; none if absent. */
  readonly system?: string | undefined
  /** Further attempts after a failed one; 5 if absent. */
  readonly retries?: number | undefined
  /** Milliseconds that one attempt may take; 120,000 if absent. */
  readonly timeoutMs?: number | undefined
  /** Milliseconds that one row may take, over all attempts and waits; an hour if absent. */
  readonly deadlineMs?: number | undefined
  /** Whether an answer cut by length counts as an answer; not if absent. */
  readonly acceptTruncated?: boolean | undefined
  /** Whether a leading `<think>…</think>` counts as reasoning, and not as text. */
  readonly stripThinking?: boolean | undefined
  /** The order of the responses; that of the prompts if absent. */
  readonly order?: 'input' | 'completion' | undefined
  /** The form that answers must have, as llm's `--schema` takes it. Read with `response.json()`. */
  readonly schema?: string | Readonly<Record<string, unknown>> | undefined
  /** As `schema`, for answers `{ items: [...] }` whose items have this form. */
  readonly schemaMulti?: string | Readonly<Record<string, unknown>> | undefined
  /** Paths and URLs of files that go with every prompt, also with their MIME types. */
  readonly attachments?: BatchOptions['attachments'] | undefined
  /** Whether URLs of attachments may lead to local and private addresses. */
  readonly allowLocalUrls?: boolean | undefined
  /** Megabytes that an attachment may have; 50 when absent. */
  readonly maxAttachmentMb?: number | undefined
  /** Prices by model id or alias, as in `BatchOptions`. */
  readonly prices?: BatchOptions['prices'] | undefined
  /**
   * Whether equal prompts are asked once. Answers are kept for this in memory: if the latest have
   * more than 16 million characters, older ones are forgotten, and their prompts are asked again.
   */
  readonly dedupe?: boolean | undefined
}

/**
 * Asks a model each prompt, and yields `[prompt, response]` in the order of the prompts. Prompts
 * are strings, or objects whose members are the columns of `template`.
 *
 * A prompt that fails, or is neither, gives a response with an `error`. What stops everything (a
 * refused key, a reached `maxCostUsd`, the signal), and what `prompts` throws, is thrown after all
 * responses. Nothing is recorded. To leave the loop early ends the calls.
 *
 * Loops and batches of one model and key that run at the same time share what the provider states
 * of its limits, and the lowest `rateLimit` and `tokenLimit` that one of them sets.
 *
 * @throws {BatchError} reach run: OPTIONS_INVALID, and as the options are checked.
 * @example
 *     const model = await getModel('echo')
 *     for await (const [prompt, response] of batchProcess(model, ['one', 'two'])) {
 *       console.log(prompt, response.error?.message ?? response.text())
 *     }
 * @example
 *     const people = [{ name: 'Ada', born: 1815 }, { name: 'Alan', born: 1912 }]
 *     const options = { template: 'What did {name} do at 20, in {born} + 20?', concurrency: 2 }
 *     const asked = batchProcess(await getModel('echo'), people, options)
 *     for await (const [{ name }, response] of asked) console.log(name, response.text())
 */
export async function* batchProcess<R extends object | string>(
  model: Model,
  prompts: GivenRows<R>,
  given: BatchProcessOptions = {},
): AsyncGenerator<[prompt: R, response: Response]> {
  const { signal, onProgress, onOutcome, ...rest } = given
  const parts = partsOf(model)
  signal?.throwIfAborted()
  const options = parseBatchOptions({ input: '-', ...rest }, 'The options of batchProcess')
  const reading = readGivenRows(prompts)
  const { clock } = parts
  const price = await parts.findPrice(options.prices)
  const formOptions = await parts.findForm(options)
  const schema = formOptions?.schema
  const attachments = await parts.findAttachments(options)
  const modelLimits = limitsFor(options, [model.name, model.id])
  const { rateLimit, tokenLimit } = modelLimits
  const { concurrency, isConcurrencyAuto } = parts.callsFor(modelLimits.concurrency)
  const stop = createStopSwitch()
  const costLimit = parts.limitCost({ maxCostUsd: options.maxCostUsd, price, concurrency })
  const cap = costLimit && spendCap({ ...costLimit, price, stop })
  const client = await parts.open(concurrency, schema)
  const budget = takeBudget(client.budgetId, clock)
  const { retries, timeoutMs, deadlineMs, acceptTruncated, stripThinking } = options
  const most = { concurrency, isConcurrencyAuto, rateLimit, tokenLimit }
  const limits = { ...most, retries, timeoutMs, deadlineMs }
  const form = formOptions && answerForm(formOptions)
  const loaded = loadAttachments(client, attachments?.load)
  const calls = callPath(loaded, {
    ...{ form, ...limits, acceptTruncated, stripThinking },
    ...{ price, cap, clock, stop, budget },
  })
  const equals = options.dedupe ? equalPrompts() : undefined
  const latest = latestAnswers()
  const release = stopOnAbort(signal, stop.request)
  let rowsRead = 0
  let tally = emptyTally
  let sourceError: Error | undefined
  try {
    const source = await reading.open()
    const render = renderRow({
      ...templatesOf(options, source),
      attachments: attachments?.shared,
      modelId: model.id,
      modelOptions: model.options,
      schema,
    })
    const rows = takeRows({
      stopping: stop.signal,
      onGroup(group) {
        rowsRead += group.length
      },
      onSourceError(error) {
        sourceError = error
      },
    })
    const outcomes = pipeline(
      [
        rows(source.rows),
        mapPrompts({ render }),
        ...(equals === undefined ? [] : [reuseAnswers({ find: latest.find, equals })]),
        invokeModel({ calls, windowRows: concurrency + 64 }),
        ...(equals === undefined ? [] : [mapRows(ended)]),
        ...(options.order === 'input' ? [restoreOrder()] : []),
      ],
      () => {
        // An error of any stage destroys the last stage with that error, and the loop below throws
        // it.
      },
    )
    for await (const group of outcomes as unknown as AsyncIterable<readonly Outcome[]>) {
      tally = addToTally(tally, group)
      onProgress?.({ rowsRead, tally, callsInFlight: calls.callsInFlight() })
      for (const outcome of group) {
        if (outcome.kind === 'skipped') continue
        onOutcome?.(outcome)
        yield [reading.givenOf(outcome.row) as R, responseOf(outcome)]
      }
    }
    signal?.throwIfAborted()
    const reason = stop.reason()
    if (reason !== undefined) throw reason
    if (sourceError !== undefined) throw sourceError
  } finally {
    release()
    budget.release()
    await client.close()
    await attachments?.close()
  }

  /** In this order: a prompt that is no longer asked must have its answer here. */
  function ended(outcome: Outcome): Outcome {
    latest.take([outcome])
    equals?.ended([outcome])
    return outcome
  }
}

/** Prompts that are texts are asked as they are, and so is their system prompt. */
function templatesOf(
  { template, system }: Pick<ResolvedBatchOptions, 'template' | 'system'>,
  { columns }: Pick<RowSource, 'columns'>,
): Pick<RenderRowOptions, 'template' | 'system'> {
  if (template !== undefined) return chooseTemplates({ template, system, columns })
  const literal = system === undefined ? undefined : literalTemplate(system)
  return { ...chooseTemplates({ columns }), system: literal }
}

function literalTemplate(text: string): Template {
  return { parts: [{ kind: 'text', text }], defaults: {} }
}
