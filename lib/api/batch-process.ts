import { pipeline, Readable } from 'node:stream'
import { answerForm } from '../call/answer-form.js'
import { takeBudget } from '../call/budgets-in-use.js'
import { callPath } from '../call/call-path.js'
import { loadAttachments } from '../call/client/load-attachments.js'
import { spendCap } from '../call/spend-cap.js'
import { createStopSwitch } from '../call/stop-switch.js'
import { type BatchOptions, parseBatchOptions } from '../config/batch-options.js'
import { limitsFor } from '../config/limits-for.js'
import { systemClock } from '../host/system-clock.js'
import { type ClosingStack, closingStack } from '../plan/closing-stack.js'
import { renderRow } from '../plan/prompt/render-row.js'
import type { ToolDefinition } from '../port/tool.js'
import type { Outcome } from '../row/outcome.js'
import { equalPrompts } from '../stage/equal-prompts.js'
import { invokeModel } from '../stage/invoke-model.js'
import { latestAnswers } from '../stage/latest-answers.js'
import { mapPrompts } from '../stage/map-prompts.js'
import { mapRows } from '../stage/map-rows.js'
import { restoreOrder } from '../stage/restore-order.js'
import { reuseAnswers } from '../stage/reuse-answers.js'
import { takeRows } from '../stage/take-rows.js'
import { parseTemplate } from '../template/parse-template.js'
import type { Model } from './get-model.js'
import { promptRows } from './prompt-rows.js'
import { type Response, responseOf } from './response.js'

export interface BatchProcessOptions {
  /** Calls in flight at once, or `auto`: as many as the server takes and needs; 1 when absent. */
  readonly concurrency?: number | 'auto'
  /** Calls started per minute; no limit when absent. */
  readonly rateLimit?: number
  /** Input and output tokens per minute; no limit when absent. */
  readonly tokenLimit?: number
  /** US dollars that all calls may cost together; no limit when absent. */
  readonly maxCostUsd?: number
  readonly system?: string
  /** Further attempts after a failed one. */
  readonly retries?: number
  readonly timeoutMs?: number
  readonly deadlineMs?: number
  readonly acceptTruncated?: boolean
  /** Whether a leading `<think>…</think>` counts as reasoning, and not as text. */
  readonly stripThinking?: boolean
  readonly order?: 'input' | 'completion'
  /** The form that answers must have, as llm's `--schema` takes it. Read with `response.json()`. */
  readonly schema?: string | Readonly<Record<string, unknown>>
  /** As `schema`, for answers `{ items: [...] }` whose items have this form. */
  readonly schemaMulti?: string | Readonly<Record<string, unknown>>
  /** Paths and URLs of files that go with every prompt, also with their MIME types. */
  readonly attachments?: BatchOptions['attachments']
  /** Whether URLs of attachments may lead to local and private addresses. */
  readonly allowLocalUrls?: boolean
  /** Megabytes that an attachment may have; 50 when absent. */
  readonly maxAttachmentMb?: number
  /** Prices by model id or alias, as in `BatchOptions`. */
  readonly prices?: BatchOptions['prices']
  /**
   * The tools that the model may call: names such as `llm_time`, files such as `./tools.mjs`, and
   * tools with `name`, `description`, `inputSchema` (JSON Schema, or zod's) and `execute`.
   */
  readonly tools?: readonly (string | ToolDefinition)[]
  /** Command lines and URLs of MCP servers, whose tools are added. */
  readonly mcp?: readonly string[]
  /** The most calls of the model for a prompt that uses tools; 5 when absent, 0: no limit. */
  readonly chainLimit?: number
  /** Milliseconds that one call of a tool may take; 30,000 when absent. */
  readonly toolTimeoutMs?: number
  /**
   * Whether equal prompts are asked once. Answers are kept for this in memory: if the latest have
   * more than 16 million characters, older ones are forgotten, and their prompts are asked again.
   */
  readonly dedupe?: boolean
}

/**
 * Asks a model each prompt, and yields `[prompt, response]` in the order of the prompts.
 *
 * A prompt that fails, or is not a string, gives a response with an `error`. What stops everything
 * (a refused key, a reached `maxCostUsd`), and what `prompts` throws, is thrown after all
 * responses. Nothing is recorded. To leave the loop early ends the calls.
 *
 * Loops and batches of one model and key that run at the same time share what the provider states
 * of its limits, and the lowest `rateLimit` and `tokenLimit` that one of them sets.
 *
 * @example
 * const add = {
 *   name: 'add',
 *   description: 'Adds two numbers.',
 *   inputSchema: z.object({ a: z.number(), b: z.number() }),
 *   execute: ({ a, b }) => a + b,
 * }
 * for await (const [, response] of batchProcess(model, ['What is 2 + 3?'], { tools: [add] })) {
 *   console.log(response.text())
 * }
 */
export async function* batchProcess(
  model: Model,
  prompts: Iterable<string> | AsyncIterable<string>,
  given: BatchProcessOptions = {},
): AsyncGenerator<[prompt: string, response: Response]> {
  const closing = closingStack()
  try {
    yield* responses(model, prompts, given, closing)
  } finally {
    await closing.close()
  }
}

async function* responses(
  model: Model,
  prompts: Iterable<string> | AsyncIterable<string>,
  given: BatchProcessOptions,
  closing: ClosingStack,
): AsyncGenerator<[prompt: string, response: Response]> {
  const { system, tools = [], mcp = [], ...rest } = given
  const all = { input: '-', ...rest, tools: [...tools], mcp: [...mcp] }
  const options = parseBatchOptions(all, 'The options of batchProcess')
  const { rows, failure } = promptRows(prompts)
  const clock = model.surroundings.clock ?? systemClock
  const price = await model.findPrice(options.prices)
  const formOptions = await model.findForm(options)
  const schema = formOptions?.schema
  const attachments = await model.findAttachments(options)
  if (attachments !== undefined) closing.add(attachments.close)
  const modelLimits = limitsFor(options, [model.name, model.id])
  const { rateLimit, tokenLimit } = modelLimits
  const { concurrency, isConcurrencyAuto } = model.callsFor(modelLimits.concurrency)
  const stop = createStopSwitch()
  const costLimit = model.limitCost({ maxCostUsd: options.maxCostUsd, price, concurrency })
  const cap = costLimit && spendCap({ ...costLimit, price, stop })
  const client = await model.open(concurrency, schema)
  closing.add(client.close)
  const opened = await model.findTools(options)
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
  const render = renderRow({
    template: parseTemplate('{prompt}'),
    system:
      system === undefined ? undefined : { parts: [{ kind: 'text', text: system }], defaults: {} },
    fragments: [],
    systemFragments: [],
    attachments: attachments?.shared,
    modelId: model.id,
    modelOptions: model.options,
    schema,
    tools: opened?.specs,
  })
  const outcomes = pipeline(
    [
      takeRows(Readable.from(rows), { stopping: stop.signal }),
      mapPrompts({ render }),
      ...(equals === undefined ? [] : [reuseAnswers({ find: latest.find, equals })]),
      invokeModel({ calls, clock, windowRows: concurrency + 64 }),
      ...(equals === undefined ? [] : [mapRows(ended)]),
      ...(options.order === 'input' ? [restoreOrder()] : []),
    ],
    () => {
      // An error of any stage destroys the last stage with that error, and the loop below throws
      // it.
    },
  )
  /** In this order: a prompt that is no longer asked must have its answer here. */
  function ended(outcome: Outcome): Outcome {
    latest.take([outcome])
    equals?.ended([outcome])
    return outcome
  }
  for await (const group of outcomes as unknown as AsyncIterable<readonly Outcome[]>) {
    for (const outcome of group) {
      if (outcome.kind === 'skipped') continue
      yield [String(outcome.row.columns.prompt), responseOf(outcome)]
    }
  }
  const reason = stop.reason()
  if (reason !== undefined) throw reason
  if (failure.error !== undefined) throw failure.error
}
