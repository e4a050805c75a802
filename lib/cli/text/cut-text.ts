import stringWidth from 'string-width'

/**
 * Cuts a text to a number of columns of a terminal, with an ellipsis. (cli-truncate 5.2.0 lets a
 * wide character pass the edge.)
 *
 * @param end which end is cut. The end of a path tells more than its start.
 */
export function cutText(text: string, columns: number, end: 'start' | 'end' = 'end'): string {
  if (stringWidth(text) <= columns) return text
  const characters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
  if (end === 'start') characters.reverse()
  let width = 1
  const count = characters.findIndex(character => {
    width += stringWidth(character)
    return width > columns
  })
  const kept = characters.slice(0, count)
  return end === 'start' ? `…${kept.reverse().join('')}` : `${kept.join('')}…`
}
