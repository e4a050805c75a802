import type { Writable } from 'node:stream'
import { type BatchError, runError } from '../error/batch-error.js'
import type { OutputFormat, RowSink } from '../port/row-sink.js'
import { type ChooseOutputFormatOptions, chooseOutputFormat } from './choose-output-format.js'
import { checkAnswerColumns } from './document/check-answer-columns.js'
import { extractedOutcome } from './document/extracted-outcome.js'
import {
  answerColumns,
  type OutcomeNaming,
  outcomeFields,
  type WrittenOutcome,
} from './document/outcome-columns.js'
import type { OutputDocument } from './document/output-document.js'
import { usageNames } from './document/usage-fields.js'
import type { CsvForm } from './document/write-csv.js'
import { type RenderedRow, writeDocument } from './document/write-document.js'
import { writePacked } from './document/write-packed.js'
import { writeText } from './document/write-text.js'
import type { ParquetColumn } from './packed/pack-parquet.js'
import { openFileTarget } from './target/open-file-target.js'
import { streamTarget } from './target/stream-target.js'

export interface OpenSinkOptions
  extends ChooseOutputFormatOptions,
    OutcomeNaming,
    Omit<CsvForm, 'delimiter'> {
  /** Used if there is no path; never ended, never destroyed. */
  readonly stdout: Writable
  /** Whether an existing output may be replaced. */
  readonly overwrite: boolean
  /** Whether to guard formulas in a table; no if absent. */
  readonly formulaGuard?: boolean
  /** Which code block goes out instead of the whole answer; none if absent. */
  readonly extract?: 'none' | 'first' | 'last' | undefined
  /**
   * Called before a file is touched. Rejects if this process no longer holds the batch; then the
   * file stays as it is.
   */
  readonly confirm?: (() => Promise<void> | undefined) | undefined
  /** The paths of the input, none of which may be the output. */
  readonly inputFiles?: readonly string[] | undefined
}

/**
 * Opens the output and proves that it can be written. A refused output leaves no file behind. A
 * file to be replaced keeps its content until the first row, or the end.
 *
 * @throws {BatchError} reach run: OUTPUT_FORMAT_UNKNOWN, OPTIONS_INVALID, OUTPUT_EXISTS,
 * OUTPUT_UNWRITABLE.
 */
export async function openSink(options: OpenSinkOptions): Promise<RowSink<RenderedRow>> {
  const { path, stdout } = options
  const format = chooseOutputFormat(options)
  if (format !== 'text' && format !== 'openai-batch') checkAnswerColumns(options, format)
  if (path === undefined && !stdout.writable) throw outputClosed()
  const document = withExtract(await documentFor(format, options), options.extract)
  const target =
    path === undefined ? streamTarget(stdout) : await openFileTarget({ ...options, path })
  return writeDocument(format, document, target)
}

/** The record keeps the whole answer, so a resumed batch can write it in another way. */
function withExtract(
  document: OutputDocument<WrittenOutcome>,
  extract: OpenSinkOptions['extract'] = 'none',
): OutputDocument<WrittenOutcome> {
  if (extract === 'none') return document
  const { textOf } = document
  return { ...document, textOf: outcome => textOf(extractedOutcome(outcome, extract)) }
}

/** Imports only the library of this format. */
async function documentFor(
  format: OutputFormat,
  { formulaGuard, bom, crlf, ...naming }: OpenSinkOptions,
): Promise<OutputDocument<WrittenOutcome>> {
  const fieldsOf = (outcome: WrittenOutcome) => outcomeFields(outcome, naming)
  switch (format) {
    case 'csv':
    case 'tsv':
      return (await import('./document/write-outcome-table.js')).writeOutcomeTable(
        { delimiter: format === 'csv' ? ',' : '\t', formulaGuard, bom, crlf },
        naming,
      )
    case 'json':
      return (await import('./document/write-json.js')).writeJson(fieldsOf)
    case 'jsonl':
      return (await import('./document/write-jsonl.js')).writeJsonl(fieldsOf)
    case 'openai-batch': {
      const { batchResult } = await import('./document/batch-result.js')
      return (await import('./document/write-jsonl.js')).writeJsonl(one => [batchResult(one)])
    }
    case 'xlsx': {
      const { packSheets } = await import('./packed/pack-sheets.js')
      const header = [...naming.columns, ...answerColumns(naming)]
      return writePacked(await packSheets(header), naming)
    }
    case 'parquet': {
      const { packParquet } = await import('./packed/pack-parquet.js')
      return writePacked(await packParquet(parquetColumns(naming)), naming)
    }
    case 'text':
      return writeText()
  }
}

/** The type of a column must hold for every row, and only that of the usage is known before. */
function parquetColumns(naming: OutcomeNaming): readonly ParquetColumn[] {
  const texts = naming.columns.map(name => ({ name, type: 'text' }) as const)
  const ofUsage = new Set<string>(naming.usageColumns ? usageNames : [])
  const ofAnswer = answerColumns(naming).map(name => {
    const type = name === 'cost_usd' ? 'number' : 'integer'
    return { name, type: ofUsage.has(name) ? type : 'text' } as const
  })
  return [...texts, ...ofAnswer]
}

/** Paid answers would go nowhere. */
function outputClosed(): BatchError {
  return runError(
    'OUTPUT_UNWRITABLE',
    'Cannot write to standard output: it is closed',
    'Name a file with --output; to throw results away: --output /dev/null --format jsonl',
  )
}
