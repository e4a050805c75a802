/** Characters of two terminal columns: Chinese, Japanese, Korean, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const none = /[\p{M}\u200b-\u200d]/u

/** Terminal columns of a text. */
export function textWidth(text: string): number {
  // Most texts are ASCII: one column for each character.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let columns = 0
  for (const character of text) columns += none.test(character) ? 0 : wide.test(character) ? 2 : 1
  return columns
}

/** Pads a text with blanks to a number of columns. */
export function padText(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)))
}

/** Cuts a text to a number of columns, with an ellipsis. */
export function cutText(text: string, columns: number): string {
  return textWidth(text) <= columns ? text : `${takeColumns([...text], columns - 1).join('')}…`
}

/** Cuts the start of a text, with an ellipsis: the end of a path tells more. */
export function cutTextBefore(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  return `…${takeColumns([...text].reverse(), columns - 1)
    .reverse()
    .join('')}`
}

function takeColumns(characters: readonly string[], columns: number): string[] {
  const taken: string[] = []
  let width = 0
  for (const character of characters) {
    width += textWidth(character)
    if (width > columns) break
    taken.push(character)
  }
  return taken
}
