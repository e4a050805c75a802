import type { Failed } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { answer, fault, prompt } from './rows.js'

/** A prompt with the hash of its text, so that equal texts are equal prompts. */
export function promptOf(index: number, text: string): Prompt {
  const hash = Buffer.from(text).toString('hex').padStart(64, '0')
  return { ...prompt(index, text), hash }
}

/** The prompts of a line of words. */
export function promptsOf(words: string): Prompt[] {
  return words.split(' ').map((word, index) => promptOf(index, word))
}

export function answeredOf(asked: Prompt, text = `answer to ${asked.text}`) {
  const { row } = asked
  return { kind: 'answered', row, prompt: asked, answer: answer(text), attempts: 1 } as const
}

export function failedOf(asked: Prompt, code: Failed['error']['code'] = 'SERVER_FAILED'): Failed {
  const { row } = asked
  const error = fault(code, code === 'KEY_INVALID' ? 'run' : 'row')
  return { kind: 'failed', row, prompt: asked, error, attempts: 3 }
}
