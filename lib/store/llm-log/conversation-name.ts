import { type Prompt, promptText } from '../../row/prompt.js'
import { isPythonSpace, stripText } from '../../row/python/python-text.js'

const longest = 32

/**
 * llm's name of a conversation, from its first prompt: runs of white space become one space, then
 * at most 32 code points, the last of which is `…` if the text was cut.
 */
export function conversationName(text: string): string {
  const characters: string[] = []
  let isInSpace = false
  for (const character of text) {
    const isSpace = isPythonSpace(character)
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
