import type { PromptOrOutcome } from '../row/outcome.js'
import type { ToolRound } from '../row/tool-round.js'

/** Bounds what is held between two places of a flow, in rows and in characters of text. */
export interface Window {
  readonly hasRoom: () => boolean
  readonly take: (rows: number, characters: number) => void
  readonly free: (rows: number, characters: number) => void
  /** Sets the listener that is called when something is freed. The last listener counts. */
  readonly onFree: (listener: () => void) => void
}

export interface WindowOptions {
  readonly rows: number
  /** 16 million if absent. */
  readonly characters?: number
}

export function createWindow({ rows, characters = 16_000_000 }: WindowOptions): Window {
  let heldRows = 0
  let heldCharacters = 0
  let onFree = (): void => {}
  return {
    hasRoom: () => heldRows < rows && heldCharacters < characters,
    take(rows, characters) {
      heldRows += rows
      heldCharacters += characters
    },
    free(rows, characters) {
      heldRows -= rows
      heldCharacters -= characters
      onFree()
    },
    onFree(listener) {
      onFree = listener
    },
  }
}

/** Characters of prompts and answers; columns are not counted. */
export function charactersOf(given: readonly PromptOrOutcome[]): number {
  let characters = 0
  for (const one of given) characters += charactersIn(one)
  return characters
}

export function charactersIn(one: PromptOrOutcome): number {
  if (one.kind === 'prompt') return one.text.length
  if (one.kind === 'skipped') return 0
  const own = (one.prompt?.text.length ?? 0) + (one.answer?.text.length ?? 0)
  return one.rounds === undefined ? own : own + charactersOfRounds(one.rounds)
}

function charactersOfRounds(rounds: readonly ToolRound[]): number {
  let characters = 0
  for (const { answer, results } of rounds) {
    characters += answer.text.length
    for (const { output } of results) characters += output.length
  }
  return characters
}
