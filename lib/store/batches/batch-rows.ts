const outcomeColumns = `prompt_hash, status, attempts, error_code, error_message, input_tokens,
  cached_input_tokens, output_tokens, reasoning_tokens, cost_usd, duration_ms, finished_at,
  reuse, is_cut, log_id, input_columns, response`

const excludedColumns = outcomeColumns
  .split(/,\s*/)
  .map(column => `excluded.${column}`)
  .join(', ')

/** For every `UPDATE` that moves an answer: remembers where the answer was recorded. */
export const noteRecordedPlace = `
  recorded_run = coalesce(recorded_run, run), recorded_index = coalesce(recorded_index, row_index)`

/**
 * Reads the temporary tables of `writeEntries`, in this order.
 *
 * A process that lost its batch may write late, after another run has recalled and moved answers.
 * A late answer gets no place in the batch; a later run can recall it.
 */
export const batchRowStatements: readonly string[] = [
  // Once there is a new outcome, earlier failures and answers without text are of no use.
  `DELETE FROM batch_rows WHERE id IN (
    SELECT kept.id FROM temp.recording CROSS JOIN temp.entries AS entry CROSS JOIN batch_rows AS kept
    ON kept.batch_id = recording.batch_id AND kept.row_index = entry.row_index
    WHERE NOT is_late AND kept.run < recording.run AND (kept.status = 'failed' OR kept.response IS NULL))`,
  // A replayed entry changes nothing. To replace the row would count its cost a second time.
  `INSERT INTO batch_rows (batch_id, row_index, run, ${outcomeColumns})
  SELECT recording.batch_id, row_index, recording.run, ${outcomeColumns}
  FROM temp.recording CROSS JOIN temp.entries AS entry
  WHERE NOT is_late ORDER BY entry.rowid
  ON CONFLICT (batch_id, row_index, run) DO UPDATE SET (${outcomeColumns}) = (${excludedColumns})`,
  // A journal may be replayed twice. An answer that has not moved is found at its place; a moved
  // one by the place where it was recorded.
  `INSERT OR IGNORE INTO batch_rows (batch_id, run, recorded_run, recorded_index, ${outcomeColumns})
  SELECT recording.batch_id, recording.run, recording.run, row_index, ${outcomeColumns}
  FROM temp.recording CROSS JOIN temp.entries AS entry
  WHERE is_late AND status = 'answered' AND NOT EXISTS (
    SELECT 1 FROM batch_rows AS kept WHERE kept.batch_id = recording.batch_id
    AND kept.row_index = entry.row_index AND kept.run = recording.run)
  ORDER BY entry.rowid`,
]
