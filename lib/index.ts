/**
 * `llm-batch` as a library: whole batches, single functions, and every stage for your own
 * `stream.pipeline`.
 */

export { type BatchFromCsvOptions, batchFromCsv } from './api/batch-from-csv.js'
export { type BatchFromRowsOptions, batchFromRows } from './api/batch-from-rows.js'
export { batchProcess } from './api/batch-process.js'
export type { BatchProcessOptions, ProcessProgress } from './api/batch-process-options.js'
export {
  type DefineModelOptions,
  defineModel,
  type GivenAnswer,
  type ModelCall,
} from './api/define-model.js'
export { type GetModelOptions, getModel } from './api/get-model.js'
export type { Model } from './api/model.js'
export {
  type CallsClient,
  callPath,
  type ModelCalls,
  type ModelCallsOptions,
} from './api/model-calls.js'
export { type ReadRowsOptions, readRows } from './api/read-rows.js'
export type { Response } from './api/response.js'
export type { RunListeners } from './api/run-listeners.js'
export { StartedBatch } from './api/started-batch.js'
export { type WriteRowsOptions, writeRows } from './api/write-rows.js'
export type { AnswerFault, AnswerForm, AnswerFormOptions } from './call/answer-form.js'
export type { OutcomeListener } from './call/asked-row.js'
export type { Bottleneck } from './call/bottleneck.js'
export type { BudgetHold, BudgetMember, CallBudget, CallInTurn } from './call/call-budget.js'
export type { CallHolds, Retrying } from './call/call-holds.js'
export type { CallPath } from './call/call-path.js'
export type { CallPathOptions } from './call/call-path-options.js'
export type { CallPlace } from './call/call-place.js'
export type { CallEnd, LimitHold, OwnLimits } from './call/limits-in-force.js'
export type { SettleAttemptOptions } from './call/settle-attempt.js'
export type { CallSpend, CappedSpend, CostLimit, ReservingRow } from './call/spend-cap.js'
export { createStopSwitch, type StopSwitch } from './call/stop-switch.js'
export type { BatchOptions } from './config/batch-options.js'
export { BatchError, type BatchErrorOptions, type ErrorReach } from './error/batch-error.js'
export type { ErrorCode } from './error/error-code.js'
export type { LimitedKind, StatedLimit } from './error/stated-limit.js'
export type { Surroundings } from './host/surroundings.js'
export { systemClock } from './host/system-clock.js'
export type { MakeClient, ModelReference, Wire } from './model/catalog/model-reference.js'
export type { OptionDefinition } from './model/catalog/option-list.js'
export type { CostEstimate, InputEstimate, PriceEstimate } from './plan/estimate/cost-estimate.js'
export type { OutputEvidence, OutputGuess } from './plan/estimate/guess-output.js'
export type { TimeGuess } from './plan/estimate/guess-time.js'
export type { SampleUsage } from './plan/estimate/sample-outcomes.js'
export { type EstimateBatchOptions, type Estimation, estimateBatch } from './plan/estimate-batch.js'
export { type OpenBatchOptions, openBatch, type SampledRows } from './plan/open-batch.js'
export type { GivenParts } from './plan/plan-batch.js'
export { type RenderRowOptions, renderRow } from './plan/prompt/render-row.js'
export { type Rehearsal, rehearseBatch } from './plan/rehearse-batch.js'
export type { Ask } from './port/ask.js'
export type { AttachmentStore, GivenAttachment } from './port/attachment-store.js'
export type {
  BatchPulse,
  BatchStore,
  HeldBatch,
  NewBatch,
  RecordedAnswer,
  ReusedAnswer,
  ReuseScope,
  RunEnd,
  Spend,
  StopRequest,
  StoredRun,
  TakeOverOptions,
} from './port/batch-store.js'
export type { Clock } from './port/clock.js'
export type { BegunCall, CallListener, ModelClient, ReplyRoom } from './port/model-client.js'
export type { ModelKey } from './port/model-names.js'
export type { CloseSinkOptions, OutputFormat, RowForm, RowSink } from './port/row-sink.js'
export type { InputFormat, RowSource } from './port/row-source.js'
export type { SharedKind, SharedTime, TimeSpan } from './port/shared-time.js'
export type { BatchStatus, RecordedConfig, StoredBatch } from './port/stored-batch.js'
export type { OpenTools, Tool, ToolCallPlace, ToolDefinition, ToolRunner } from './port/tool.js'
export type { ModelPrice } from './pricing/model-price.js'
export type { StatedPrice } from './pricing/price-model.js'
export type { Reserved } from './pricing/spend-ledger.js'
export type { Answer, FinishReason, Usage } from './row/answer.js'
export type { Attachment } from './row/attachment.js'
export type { JsonSchema } from './row/json-schema.js'
export type { ForeignPart, ImagePart, Message, Role, SaidPart, SaidText } from './row/message.js'
export type {
  Answered,
  Failed,
  Outcome,
  PromptOrOutcome,
  ReuseKind,
  Skipped,
  SourceRecord,
} from './row/outcome.js'
export {
  type FollowUp,
  type Fragment,
  type ModelOptions,
  type Prompt,
  promptText,
  type WholeRequest,
} from './row/prompt.js'
export type { Columns, ColumnValue, Row } from './row/row.js'
export { type ErrorCount, emptyTally, type Tally } from './row/tally.js'
export type { ToolCall, ToolResult, ToolSpec } from './row/tool-call.js'
export type { ToolRound } from './row/tool-round.js'
export type { UsageSum } from './row/usage-sum.js'
export type { OutputLeft } from './run/output-left.js'
export type { Batch, Plan, PlanAttachments, PlanTools, RunningBatch } from './run/plan.js'
export type { BatchProgress, BatchSummary } from './run/progress.js'
export type { SourceForm } from './source/check-form.js'
export type { GivenRows } from './source/read-given-rows.js'
export { type AttachFilesOptions, attachFiles } from './stage/attach-files.js'
export { eachRow } from './stage/each-row.js'
export { type EqualPrompts, type EqualPromptsOptions, equalPrompts } from './stage/equal-prompts.js'
export { type InGroupsOptions, inGroups } from './stage/in-groups.js'
export {
  type InvokeModelOptions,
  type InvokingOptions,
  invokeModel,
  type OwnWindow,
  type SharedWindow,
} from './stage/invoke-model.js'
export {
  type LatestAnswers,
  type LatestAnswersOptions,
  latestAnswers,
} from './stage/latest-answers.js'
export { type MapPromptsOptions, mapPrompts } from './stage/map-prompts.js'
export { mapRows } from './stage/map-rows.js'
export { type RecallAnswersOptions, recallAnswers } from './stage/recall-answers.js'
export {
  type RecordOutcomesOptions,
  type RowHolder,
  recordOutcomes,
} from './stage/record-outcomes.js'
export { type RestoreOrderOptions, restoreOrder } from './stage/restore-order.js'
export { type ReuseAnswersOptions, reuseAnswers } from './stage/reuse-answers.js'
export type { SpilledText, SpillFile } from './stage/spill/spill-file.js'
export type { SpillRange } from './stage/spill/spill-segment.js'
export { type RowsEnd, type TakeRowsOptions, takeRows } from './stage/take-rows.js'
export { createWindow, type Window, type WindowOptions } from './stage/window.js'
export { type WriteToSinkOptions, writeToSink } from './stage/write-to-sink.js'
export type { HolderAliveOptions } from './store/batches/holder-alive.js'
export type { DatabaseDriver, OpenDatabaseOptions } from './store/database/open-database.js'
export { type OpenBatchStoreOptions, openBatchStore } from './store/open-batch-store.js'
export { parseTemplate } from './template/parse-template.js'
export { renderTemplate } from './template/render-template.js'
export {
  placeholderNames,
  type Template,
  type TemplatePart,
  type TemplatePlaceholder,
  type TemplateText,
} from './template/template.js'
export type { TokenEstimate } from './throttle/token-estimate.js'
export { type McpServer, type OpenToolsOptions, openTools } from './tool/open-tools.js'
export { createToolRunner, type ToolRunnerOptions } from './tool/run-tool-call.js'
export type { ToolWatch } from './tool/watch-tool-calls.js'
