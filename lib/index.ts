/**
 * `llm-batch` as a library: whole batches, single functions, and every stage for your own
 * `stream.pipeline`.
 */

export { type BatchFromCsvOptions, batchFromCsv, type CsvBatch } from './api/batch-from-csv.js'
export { type BatchProcessOptions, batchProcess } from './api/batch-process.js'
export { type GetModelOptions, getModel, type Model } from './api/get-model.js'
export { type ReadRowsOptions, readRows } from './api/read-rows.js'
export type { Response } from './api/response.js'
export { type WriteRowsOptions, writeRows } from './api/write-rows.js'
export type { OutcomeListener } from './call/asked-row.js'
export type { Bottleneck } from './call/bottleneck.js'
export { type CallPath, callPath } from './call/call-path.js'
export type { CallPathOptions } from './call/call-path-options.js'
export { createStopSwitch, type StopSwitch } from './call/stop-switch.js'
export type { BatchOptions } from './config/batch-options.js'
export { BatchError, type BatchErrorOptions, type ErrorReach } from './error/batch-error.js'
export type { ErrorCode } from './error/error-code.js'
export type { LimitedKind, StatedLimit } from './error/stated-limit.js'
export type { Surroundings } from './host/surroundings.js'
export { systemClock } from './host/system-clock.js'
export type {
  CostEstimate,
  InputEstimate,
  PriceEstimate,
} from './plan/estimate/cost-estimate.js'
export type { OutputEvidence, OutputGuess } from './plan/estimate/guess-output.js'
export type { TimeGuess } from './plan/estimate/guess-time.js'
export { type EstimateBatchOptions, type Estimation, estimateBatch } from './plan/estimate-batch.js'
export { openBatch } from './plan/open-batch.js'
export { type RenderRowOptions, renderRow } from './plan/prompt/render-row.js'
export { type Rehearsal, rehearseBatch } from './plan/rehearse-batch.js'
export type { Ask } from './port/ask.js'
export type { BatchStore, HeldBatch, NewBatch, StoredRun } from './port/batch-store.js'
export type { Clock } from './port/clock.js'
export type { BegunCall, CallListener, ModelClient } from './port/model-client.js'
export type { OutputFormat, RowForm, RowSink } from './port/row-sink.js'
export type { InputFormat, RowSource } from './port/row-source.js'
export type { BatchStatus, StoredBatch } from './port/stored-batch.js'
export type { OpenTools, Tool, ToolCallPlace, ToolDefinition, ToolRunner } from './port/tool.js'
export type { ModelPrice } from './pricing/model-price.js'
export type { StatedPrice } from './pricing/price-model.js'
export type { Answer, FinishReason, Usage } from './row/answer.js'
export type { Attachment } from './row/attachment.js'
export type {
  ForeignPart,
  ImagePart,
  Message,
  Role,
  SaidPart,
  SaidText,
} from './row/message.js'
export type {
  Answered,
  Failed,
  Outcome,
  PromptOrOutcome,
  Skipped,
  SourceRecord,
} from './row/outcome.js'
export {
  type FollowUp,
  type Fragment,
  type ModelOptions,
  type Prompt,
  promptText,
} from './row/prompt.js'
export type { Columns, ColumnValue, Row } from './row/row.js'
export { type ErrorCount, emptyTally, type Tally } from './row/tally.js'
export type { ToolCall, ToolResult, ToolSpec } from './row/tool-call.js'
export type { ToolRound } from './row/tool-round.js'
export type { UsageSum } from './row/usage-sum.js'
export type { Batch, Plan } from './run/plan.js'
export type { BatchProgress, BatchSummary } from './run/progress.js'
export { type AttachFilesOptions, attachFiles } from './stage/attach-files.js'
export { eachRow } from './stage/each-row.js'
export { type EqualPrompts, type EqualPromptsOptions, equalPrompts } from './stage/equal-prompts.js'
export { type InGroupsOptions, inGroups } from './stage/in-groups.js'
export { type InvokeModelOptions, invokeModel } from './stage/invoke-model.js'
export {
  type LatestAnswers,
  type LatestAnswersOptions,
  latestAnswers,
} from './stage/latest-answers.js'
export { type MapPromptsOptions, mapPrompts } from './stage/map-prompts.js'
export { mapRows } from './stage/map-rows.js'
export { type RecordOutcomesOptions, recordOutcomes } from './stage/record-outcomes.js'
export { restoreOrder } from './stage/restore-order.js'
export { type ReuseAnswersOptions, reuseAnswers } from './stage/reuse-answers.js'
export { type RowsEnd, type TakeRowsOptions, takeRows } from './stage/take-rows.js'
export { createWindow, type Window, type WindowOptions } from './stage/window.js'
export { openBatchStore } from './store/open-batch-store.js'
export { parseTemplate } from './template/parse-template.js'
export { renderTemplate } from './template/render-template.js'
export { placeholderNames, type Template } from './template/template.js'
export { type OpenToolsOptions, openTools } from './tool/open-tools.js'
export { createToolRunner, type ToolRunnerOptions } from './tool/run-tool-call.js'
export type { ToolWatch } from './tool/watch-tool-calls.js'
