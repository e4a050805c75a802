import { BatchError } from '../../lib/error/batch-error.js'
import type { Answer } from '../../lib/row/answer.js'
import type { Answered, Failed } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import type { Columns, Row } from '../../lib/row/row.js'

export function row(index: number, columns: Columns = { prompt: `question ${index}` }): Row {
  return { kind: 'row', index, columns }
}

export function prompt(index: number, text = `question ${index}`): Prompt {
  const hash = index.toString(16).padStart(64, '0')
  return {
    kind: 'prompt',
    row: row(index, { prompt: text }),
    text,
    fragments: [],
    options: {},
    hash,
  }
}

export function answer(text = 'yes', changes: Partial<Answer> = {}): Answer {
  return {
    text,
    finishReason: 'stop',
    usage: { inputTokens: 3, outputTokens: 1 },
    startedAtMs: Date.UTC(2026, 10, 23),
    durationMs: 5,
    ...changes,
  }
}

export function answered(index: number, text = `answer ${index}`): Answered {
  const asked = prompt(index)
  return { kind: 'answered', row: asked.row, prompt: asked, answer: answer(text), attempts: 1 }
}

export function failed(index: number, code: BatchError['code'] = 'REQUEST_REJECTED'): Failed {
  const asked = prompt(index)
  return { kind: 'failed', row: asked.row, prompt: asked, error: fault(code, 'row'), attempts: 1 }
}

export function fault(
  code: BatchError['code'],
  reach: BatchError['reach'],
  retryAfterMs?: number,
): BatchError {
  return new BatchError(`a fault of kind ${code}`, { code, reach, retryAfterMs })
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
