/** Inputs and outputs of batches that ask `Say {word}` of a model that answers `Answer to: …`. */
export type RowFormat = 'csv' | 'json' | 'jsonl'

/** Every tenth word is one that came before, so that equal prompts are met. */
export function wordsOf(rows: number): string[] {
  return Array.from({ length: rows }, (_, index) =>
    index % 10 === 9 ? `word ${index - 9}` : `word ${index}`,
  )
}

export function inputOf(format: RowFormat, words: readonly string[]): string {
  return textOf(
    format,
    words.map((word, id) => ({ id, word })),
  )
}

/** What an uninterrupted run writes. */
export function outputOf(format: RowFormat, words: readonly string[]): string {
  return textOf(
    format,
    words.map((word, id) => ({ id, word, response: `Answer to: Say ${word}` })),
  )
}

function textOf(format: RowFormat, records: readonly object[]): string {
  switch (format) {
    case 'csv':
      return [Object.keys(records[0] ?? {}), ...records.map(record => Object.values(record))]
        .map(cells => `${cells.join(',')}\n`)
        .join('')
    case 'json':
      return `[\n${records.map(record => JSON.stringify(record)).join(',\n')}\n]\n`
    case 'jsonl':
      return records.map(record => `${JSON.stringify(record)}\n`).join('')
  }
}
