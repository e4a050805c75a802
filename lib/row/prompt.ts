import type { Row } from './row.js'

/** A text of the user's that prompts share, put before each of them, as llm's `-f` does. */
export interface Fragment {
  /** SHA-256 of the text's UTF-8, in hex. */
  readonly hash: string
  readonly content: string
  /** Absolute path it was read from; absent when it came from the database. */
  readonly source?: string | undefined
}

/** Options of a model by llm's names, such as `temperature` and `max_tokens`, already checked. */
export type ModelOptions = Readonly<Record<string, string | number | boolean | object>>

/** A row rendered: all that is asked. Runs share `fragments` and `options` between prompts. */
export interface Prompt {
  readonly kind: 'prompt'
  readonly row: Row
  /** What the user says, without the fragments. */
  readonly text: string
  readonly system?: string | undefined
  readonly fragments: readonly Fragment[]
  readonly options: ModelOptions
  /** SHA-256, in hex, of the whole rendered prompt with model, system and options. Equal prompts have equal hashes. */
  readonly hash: string
}

/** The text as the model gets it: fragments, then the prompt, one line break between (llm's rule). */
export function promptText({ text, fragments }: Pick<Prompt, 'text' | 'fragments'>): string {
  if (fragments.length === 0) return text
  const parts = fragments.map(fragment => fragment.content)
  if (text !== '') parts.push(text)
  return parts.join('\n')
}
