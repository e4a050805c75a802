import stringWidth from 'string-width'

/**
 * Breaks a text at its blanks into lines of at most `width` columns. A longer word has a line of
 * its own. The blanks before the first word stay before each line.
 */
export function wrapText(text: string, width: number): readonly string[] {
  const [margin = ''] = /^ */.exec(text) ?? []
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').filter(part => part !== '')) {
    const longer = line === '' ? margin + word : `${line} ${word}`
    if (line !== '' && stringWidth(longer) > width) {
      lines.push(line)
      line = margin + word
    } else line = longer
  }
  return [...lines, line]
}
