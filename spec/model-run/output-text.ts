import type { Fate, ModelRow } from './batch-model.js'

export type OutputFormat = 'csv' | 'jsonl' | 'json'

export interface ExpectedOutput {
  readonly format: OutputFormat
  readonly rows: readonly ModelRow[]
  readonly fates: readonly Fate[]
  readonly isOrdered: boolean
  /** Whether rows may be missing, as after a run that was stopped. */
  readonly isPart?: boolean
}

export interface WrittenRows {
  readonly answered: number
  readonly failed: number
}

export function inputText(rows: readonly ModelRow[]): string {
  return `id,word\n${rows.map(({ id, word }) => `${id},${word}\n`).join('')}`
}

/**
 * Compares an output byte by byte with what an uninterrupted run writes: every row once, with its
 * fate.
 *
 * @throws where it differs.
 */
export function checkOutput(text: string, expected: ExpectedOutput): WrittenRows {
  const { format, rows, fates, isOrdered, isPart = false } = expected
  const records = rowsFor(text, format)
  if (!isWellFormed(text, format)) throw new Error(`This is no ${format}: ${text}`)
  const left = rows.map((row, index) => ({
    answered: fates[index] === 'failed' ? undefined : recordOf(row, 'answered', format),
    failed: fates[index] === 'answered' ? undefined : recordOf(row, 'failed', format),
  }))
  const written = { answered: 0, failed: 0 }
  for (const record of records) {
    const at = left.findIndex(({ answered, failed }) => answered === record || failed === record)
    if (at === -1 || (at > 0 && isOrdered && !isPart)) {
      throw new Error(`${record}\nis not to be written ${at > 0 ? 'here' : 'at all'} in\n${text}`)
    }
    written[left[at]?.answered === record ? 'answered' : 'failed'] += 1
    left.splice(isOrdered ? 0 : at, isOrdered ? at + 1 : 1)
  }
  if (!isPart && left.length > 0) {
    throw new Error(
      `${left.length} rows are missing, the first ${JSON.stringify(left[0])}, in\n${text}`,
    )
  }
  return written
}

export function isWellFormed(text: string, format: OutputFormat): boolean {
  return text === framed(rowsFor(text, format), format)
}

function rowsFor(text: string, format: OutputFormat): readonly string[] {
  if (format === 'json') return text.slice(2, -3).split(',\n').filter(Boolean)
  const lines = text.split('\n').slice(0, -1)
  return format === 'csv' ? lines.slice(1) : lines
}

function framed(records: readonly string[], format: OutputFormat): string {
  const lines = records.map(record => `${record}\n`).join('')
  if (format === 'jsonl') return lines
  if (format === 'csv') return `id,word,response\n${lines}`
  return records.length === 0 ? '[]\n' : `[\n${records.join(',\n')}\n]\n`
}

const refusal = {
  code: 'REQUEST_REJECTED',
  message: 'OpenAI rejected the request: No such word (HTTP 400)',
}

function recordOf(row: ModelRow, fate: 'answered' | 'failed', format: OutputFormat): string {
  const { id, word } = row
  const response = fate === 'answered' ? `Answer to: Say ${word}` : null
  if (format === 'csv') return `${id},${word},${response ?? ''}`
  const error = fate === 'failed' ? { error: refusal } : {}
  return JSON.stringify({ id: `${id}`, word, response, ...error })
}
