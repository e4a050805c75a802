import type { Duplex } from 'node:stream'
import { recordStage } from './record/record-stage.js'
import { splitLines } from './text/split-lines.js'

/** Bytes in, groups of a row a line out, in the column `prompt`. Blank lines are no rows. */
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
