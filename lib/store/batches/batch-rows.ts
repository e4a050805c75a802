const outcomeColumns = `prompt_hash, status, attempts, error_code, error_message, input_tokens, output_tokens,
  duration_ms, finished_at, log_id, input_columns, response`
const fromNewer = `
  FROM batch_rows AS newer WHERE newer.batch_id = recording.batch_id
  AND newer.row_index = entry.row_index AND newer.run > recording.run`

/** Reads the temporary tables of `writeEntries`, in this order. */
export const batchRowStatements: readonly string[] = [
  // Once there is a new outcome, earlier failures and answers without text are of no use.
  `DELETE FROM batch_rows WHERE id IN (
    SELECT kept.id FROM temp.recording CROSS JOIN temp.entries AS entry CROSS JOIN batch_rows AS kept
    ON kept.batch_id = recording.batch_id AND kept.row_index = entry.row_index
    WHERE kept.run < recording.run AND (kept.status = 'failed' OR kept.response IS NULL))`,
  // A process that lost its batch may be late: what was recorded at the place since is newer.
  `INSERT OR REPLACE INTO batch_rows (batch_id, row_index, run, ${outcomeColumns})
  SELECT recording.batch_id, row_index, recording.run, ${outcomeColumns}
  FROM temp.recording CROSS JOIN temp.entries AS entry
  WHERE NOT EXISTS (SELECT 1 ${fromNewer}) ORDER BY entry.rowid`,
  // Where the newer one failed, the output says so, maybe of another prompt: the late answer waits
  // for its recall.
  `INSERT INTO batch_rows (batch_id, row_index, run, ${outcomeColumns})
  SELECT recording.batch_id, NULL, recording.run, ${outcomeColumns}
  FROM temp.recording CROSS JOIN temp.entries AS entry
  WHERE entry.status = 'answered' AND EXISTS (SELECT 1 ${fromNewer} AND newer.status = 'failed')
  AND NOT EXISTS (
    SELECT 1 FROM batch_rows AS kept WHERE kept.batch_id = recording.batch_id AND kept.row_index IS NULL
    AND kept.run = recording.run AND kept.prompt_hash = entry.prompt_hash)
  ORDER BY entry.rowid`,
]
