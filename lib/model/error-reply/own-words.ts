import { stringifyJson } from '../../row/exact-json.js'
import { messageText } from '../../row/message.js'
import { conversationOf, isMessage, type Prompt } from '../../row/prompt.js'
import type { ToolRound } from '../../row/tool-round.js'

/**
 * Tells whether a message has a match that the server did not take from the prompt.
 *
 * @param pattern with the flag `g`.
 */
export type Says = (pattern: RegExp) => boolean

/**
 * The words of a message that are the server's own.
 *
 * Some servers quote the prompt in their refusal. A match counts only if the matched text stands
 * nowhere in the prompt: a row about API keys must not count as a refused key.
 *
 * @param prompt absent if there is none: then all words are the server's own.
 */
export function ownWords(message: string, prompt: Prompt | undefined): Says {
  let asked: string | undefined
  return pattern => {
    // A message may have the same match thousands of times.
    const found = new Set(Array.from(message.matchAll(pattern), ([match]) => plain(match)))
    if (found.size === 0) return false
    if (prompt === undefined) return true
    asked ??= plain(everyText(prompt))
    for (const match of found) if (!asked.includes(match)) return true
    return false
  }
}

function everyText(prompt: Prompt): string {
  const { request, tools = [], followUps = [] } = prompt
  const whole = request === undefined ? '' : stringifyJson(request.body)
  const described = tools.map(({ description }) => description)
  const rounds = followUps.flatMap(followUp => (isMessage(followUp) ? [] : textsOf(followUp)))
  return [...conversationOf(prompt).map(messageText), ...described, ...rounds, whole].join('\n')
}

function textsOf({ answer, results }: ToolRound): readonly string[] {
  const { text, toolCalls = [] } = answer
  const given = toolCalls.map(({ argumentsText }) => argumentsText)
  return [text, ...given, ...results.map(({ output }) => output)]
}

/** Servers quote with other blanks and other letters. */
function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim()
}
