import { parseGroups } from './record/parse-groups.js'
import type { ReadGroups } from './record/stream-groups.js'
import { splitLines } from './text/split-lines.js'

/** Reads lines: each is a row, in the column `prompt`. Blank lines are skipped. */
export function readText(): ReadGroups {
  return parseGroups(give => {
    let index = 0
    const lines = splitLines((prompt, line) => {
      if (prompt.trim() === '') return
      give({ kind: 'row', index, columns: { prompt }, line })
      index += 1
    })
    return { ...lines, columns: () => ['prompt'] }
  })
}
