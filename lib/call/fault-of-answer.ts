import { type BatchError, rowError } from '../error/batch-error.js'
import type { Answer } from '../row/answer.js'

/** Why an answer does not count. Returns undefined for a whole answer. */
export function faultOfAnswer(answer: Answer, acceptTruncated: boolean): BatchError | undefined {
  const { finishReason, text } = answer
  if (finishReason === 'content-filter') {
    return rowError('ANSWER_FILTERED', 'The model refused to answer, or its answer was filtered')
  }
  if (finishReason === 'error') {
    return rowError('SERVER_FAILED', 'The server broke off the answer')
  }
  if (finishReason === 'length' && !(acceptTruncated && text !== '')) {
    const remedy = 'Raise -o max_tokens, or take cut answers with --accept-truncated.'
    return rowError('ANSWER_TRUNCATED', 'The answer was cut by its length limit', remedy)
  }
  if (text.trim() === '') return rowError('ANSWER_EMPTY', 'The model gave an empty answer')
  return undefined
}
