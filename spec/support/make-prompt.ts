import type { Prompt } from '../../lib/row/prompt.js'

/** A prompt with this text, for the row of this index. */
export function makePrompt(
  text: string,
  changes: Partial<Prompt> & { index?: number } = {},
): Prompt {
  const { index = 0, ...rest } = changes
  return {
    kind: 'prompt',
    row: { kind: 'row', index, columns: { prompt: text } },
    text,
    fragments: [],
    options: {},
    hash: `hash of ${text}`,
    ...rest,
  }
}
