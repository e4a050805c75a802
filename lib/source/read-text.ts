import type { Duplex } from 'node:stream'
import { recordStage } from './record/record-stage.js'
import { splitLines } from './text/split-lines.js'

/**
 * Bytes in; groups out, with a row for each line, in the column `prompt`. Blank lines are skipped.
 */
export function readText(): Duplex {
  return recordStage(give => {
    let index = 0
    const lines = splitLines((prompt, line) => {
      if (prompt.trim() === '') return
      give({ kind: 'row', index, columns: { prompt }, line })
      index += 1
    })
    return { ...lines, columns: () => ['prompt'] }
  })
}
