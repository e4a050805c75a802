import { type Prompt, promptText } from '../../row/prompt.js'

const longest = 32

/** White space of Python's `\s` and `strip()`, which differs from JavaScript's. */
const whiteSpace = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
)

/**
 * llm's name of a conversation, from its first prompt: runs of white space become one space, then
 * at most 32 code points, the last of which is `…` if the text was cut.
 */
export function conversationName(text: string): string {
  const characters: string[] = []
  let isInSpace = false
  for (const character of text) {
    const isSpace = whiteSpace.has(character)
    if (isSpace && isInSpace) continue
    isInSpace = isSpace
    if (characters.length === longest) return `${characters.slice(0, -1).join('')}…`
    characters.push(isSpace ? ' ' : character)
  }
  return characters.join('')
}

/**
 * The name of a prompt's conversation. If the prompt is blank, its system prompt gives the name.
 */
export function nameForPrompt(prompt: Prompt): string {
  return conversationName(promptText(prompt) || stripText(prompt.system ?? ''))
}

/** Python's `strip()`. */
export function stripText(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && whiteSpace.has(text.charAt(start))) start += 1
  while (end > start && whiteSpace.has(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}
