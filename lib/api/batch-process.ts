import { pipeline } from 'node:stream'
import { answerForm } from '../call/answer-form.js'
import { takeBudget } from '../call/budgets-in-use.js'
import { callPath } from '../call/call-path.js'
import { loadAttachments } from '../call/client/load-attachments.js'
import { spendCap } from '../call/spend-cap.js'
import { createStopSwitch } from '../call/stop-switch.js'
import { parseBatchOptions, type ResolvedBatchOptions } from '../config/batch-options.js'
import { limitsFor } from '../config/limits-for.js'
import { type ClosingStack, closingStack } from '../plan/closing-stack.js'
import { chooseTemplates } from '../plan/prompt/choose-templates.js'
import { type RenderRowOptions, renderRow } from '../plan/prompt/render-row.js'
import type { RowSource } from '../port/row-source.js'
import type { Outcome } from '../row/outcome.js'
import { addToTally, emptyTally } from '../row/tally.js'
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
import type { BatchProcessOptions } from './batch-process-options.js'
import { type Model, partsOf } from './model.js'
import { type Response, responseOf } from './response.js'
import { stopOnAbort } from './run-listeners.js'

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
 * @example
 *     const number = { type: 'number' }
 *     const add = {
 *       name: 'add',
 *       description: 'Adds two numbers.',
 *       inputSchema: { type: 'object', properties: { a: number, b: number } },
 *       execute: ({ a, b }) => a + b,
 *     }
 *     const toolCalls = [{ id: '1', name: 'add', argumentsText: '{"a": 2, "b": 3}' }]
 *     const ask = (_text, { rounds }) => rounds[0]?.results[0]?.output ?? { text: '', toolCalls }
 *     const model = defineModel({ id: 'adder', ask })
 *     const asked = batchProcess(model, ['What is 2 + 3?'], { tools: [add] })
 *     for await (const [, response] of asked) console.log(response.text())
 */
export async function* batchProcess<R extends object | string>(
  model: Model,
  prompts: GivenRows<R>,
  given: BatchProcessOptions = {},
): AsyncGenerator<[prompt: R, response: Response]> {
  const closing = closingStack()
  try {
    yield* responsesOf(model, prompts, given, closing)
  } finally {
    await closing.close()
  }
}

async function* responsesOf<R extends object | string>(
  model: Model,
  prompts: GivenRows<R>,
  given: BatchProcessOptions,
  closing: ClosingStack,
): AsyncGenerator<[prompt: R, response: Response]> {
  const { signal, onProgress, onOutcome, tools = [], mcp = [], ...rest } = given
  const parts = partsOf(model)
  signal?.throwIfAborted()
  const all = { input: '-', ...rest, tools: [...tools], mcp: [...mcp] }
  const options = parseBatchOptions(all, 'The options of batchProcess')
  const reading = readGivenRows(prompts)
  const { clock } = parts
  const price = await parts.findPrice(options.prices)
  const formOptions = await parts.findForm(options)
  const schema = formOptions?.schema
  const attachments = await parts.findAttachments(options)
  if (attachments !== undefined) closing.add(attachments.close)
  const modelLimits = limitsFor(options, [model.name, model.id])
  const { rateLimit, tokenLimit } = modelLimits
  const { concurrency, isConcurrencyAuto } = parts.callsFor(modelLimits.concurrency)
  const stop = createStopSwitch()
  const costLimit = parts.limitCost({ maxCostUsd: options.maxCostUsd, price, concurrency })
  const cap = costLimit && spendCap({ ...costLimit, price, stop })
  const client = await parts.open(concurrency, schema)
  closing.add(client.close)
  const opened = await parts.findTools(options)
  if (opened !== undefined) closing.add(opened.close)
  const budget = takeBudget(client.budgetId, clock)
  closing.add(budget.release)
  const { retries, timeoutMs, deadlineMs, acceptTruncated, stripThinking } = options
  const most = { concurrency, isConcurrencyAuto, rateLimit, tokenLimit }
  const limits = { ...most, retries, timeoutMs, deadlineMs }
  const form = formOptions && answerForm(formOptions)
  const loaded = loadAttachments(client, attachments?.load)
  const calls = callPath(loaded, {
    ...{ form, ...limits, acceptTruncated, stripThinking },
    ...{ price, cap, clock, stop, budget },
    ...{ tools: opened?.runner, chainLimit: opened?.chainLimit },
  })
  const equals = options.dedupe ? equalPrompts() : undefined
  const latest = latestAnswers()
  const endListening = stopOnAbort(signal, stop.request)
  closing.add(async () => endListening())
  let rowsRead = 0
  let tally = emptyTally
  let sourceError: Error | undefined
  const source = await reading.open()
  closing.add(() => source.rows.destroy())
  const render = renderRow({
    ...templatesOf(options, source),
    attachments: attachments?.shared,
    modelId: model.id,
    modelOptions: model.options,
    schema,
    tools: opened?.specs,
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
      invokeModel({ calls }),
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
