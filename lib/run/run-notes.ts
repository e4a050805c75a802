import type { AnswerForm } from '../call/answer-form.js'
import type { RowSink } from '../port/row-sink.js'
import type { RowSource } from '../port/row-source.js'

export interface RunNotesOptions {
  readonly source: Pick<RowSource, 'path' | 'files' | 'format' | 'notes' | 'bytesRead'>
  readonly sink: Pick<RowSink, 'notes'>
  readonly form: Pick<AnswerForm, 'note'> | undefined
  /** Whether the input was read to its end, and has no row. */
  readonly isEmpty: boolean
}

/** What a person should know of how the input was read and the model was asked: sentences. */
export function runNotes({ source, sink, form, isEmpty }: RunNotesOptions): readonly string[] {
  const { path, files, format, bytesRead } = source
  const name = files.length > 1 ? 'The input' : path === '-' ? 'Standard input' : path
  const isTable = format === 'csv' || format === 'tsv' || format === 'xlsx'
  const found =
    bytesRead() === 0 ? 'is empty' : isTable ? 'has a header but no rows' : 'has no rows'
  const note = form?.note()
  return [
    ...(isEmpty ? [`${name} ${found}`] : []),
    ...source.notes(),
    ...(sink.notes?.() ?? []),
    ...(note === undefined ? [] : [note]),
  ]
}
