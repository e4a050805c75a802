import type { Writable } from 'node:stream'
import type { OutputFormat, RowSink } from '../port/row-sink.js'
import { type ChooseOutputFormatOptions, chooseOutputFormat } from './choose-output-format.js'
import { openFileTarget } from './open-file-target.js'
import {
  checkResponseColumn,
  type OutcomeNaming,
  outcomeCells,
  outcomeFields,
  type WrittenOutcome,
} from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'
import { streamTarget } from './stream-target.js'
import { type RenderedRow, writeDocument } from './write-document.js'
import { writeText } from './write-text.js'

export interface OpenSinkOptions extends ChooseOutputFormatOptions, OutcomeNaming {
  /** Written to when there is no path; never ended, never destroyed. */
  readonly stdout: Writable
  /** Whether an output that exists may be replaced. */
  readonly overwrite: boolean
  /** The input, which must not be the output. */
  readonly inputPath?: string | undefined
}

/**
 * Opens the output and proves that it can be written. What is refused leaves no file behind, and a file to be
 * replaced keeps what it holds until the first record, or the end.
 *
 * @throws {BatchError} reach run: OUTPUT_FORMAT_UNKNOWN, OPTIONS_INVALID, OUTPUT_EXISTS, OUTPUT_UNWRITABLE.
 */
export async function openSink(options: OpenSinkOptions): Promise<RowSink<RenderedRow>> {
  const { path, stdout } = options
  const format = chooseOutputFormat(options)
  if (format !== 'text') checkResponseColumn(options)
  const document = await documentFor(format, options)
  const target =
    path === undefined ? streamTarget(stdout) : await openFileTarget({ ...options, path })
  return writeDocument({ format, target, document })
}

/** Loads the library of the one format that is written. */
async function documentFor(
  format: OutputFormat,
  naming: OutcomeNaming,
): Promise<OutputDocument<WrittenOutcome>> {
  const fieldsOf = (outcome: WrittenOutcome) => outcomeFields(outcome, naming)
  switch (format) {
    case 'csv':
    case 'tsv':
      return (await import('./write-csv.js')).writeCsv({
        delimiter: format === 'csv' ? ',' : '\t',
        header: [...naming.columns, naming.responseColumn],
        cellsOf: outcome => outcomeCells(outcome, naming),
      })
    case 'json':
      return (await import('./write-json.js')).writeJson(fieldsOf)
    case 'jsonl':
      return (await import('./write-jsonl.js')).writeJsonl(fieldsOf)
    case 'text':
      return writeText()
  }
}
