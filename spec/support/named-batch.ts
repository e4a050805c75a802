import { wordsOf } from './answer-rows.js'

/** Rows of the batch `same`, whose input `in.csv` is `inputOf('csv', words)`. */
export const words = wordsOf(30)
/** What begins it, four calls at a time. */
export const begin = [
  ...['batch', 'in.csv', '--template', 'Say {word}', '--model', 'gpt-4o-mini'],
  ...['--output', 'out.csv', '--batch-id', 'same', '--concurrency', '4'],
]
/** What goes on with it. */
export const resume = ['batch', 'in.csv', '--resume', '--batch-id', 'same']
