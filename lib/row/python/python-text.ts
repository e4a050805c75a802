/** White space of Python's `\s`, `strip()` and `isspace()`, which differs from JavaScript's. */
const whiteSpace = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
)

/** Where Python's `splitlines()` cuts; `\r\n` is one cut. */
const lineEnds = new Set('\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029')

export function isPythonSpace(character: string): boolean {
  return whiteSpace.has(character)
}

/** Python's `strip()`. */
export function stripText(text: string): string {
  let start = 0
  while (start < text.length && whiteSpace.has(text.charAt(start))) start += 1
  return stripEnd(text.slice(start))
}

/** Python's `rstrip()`. */
export function stripEnd(text: string): string {
  let end = text.length
  while (end > 0 && whiteSpace.has(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** Python's `splitlines(True)`: each line with its end. */
export function splitLines(text: string): readonly string[] {
  const lines: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at += 1) {
    if (!lineEnds.has(text.charAt(at))) continue
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1
    lines.push(text.slice(start, at + 1))
    start = at + 1
  }
  if (start < text.length) lines.push(text.slice(start))
  return lines
}

/** A line of `splitLines` without its end. */
export function stripLineEnd(line: string): string {
  if (line.endsWith('\r\n')) return line.slice(0, -2)
  return lineEnds.has(line.slice(-1)) ? line.slice(0, -1) : line
}

/** Python's `textwrap.indent`: blank lines stay as they are. */
export function indentText(text: string, margin: string): string {
  return splitLines(text)
    .map(line => (stripText(line) === '' ? line : margin + line))
    .join('')
}

/** Each run of white space as one space. */
export function joinSpaces(text: string): string {
  let joined = ''
  let isInSpace = false
  for (const character of text) {
    const isSpace = whiteSpace.has(character)
    if (!isSpace) joined += character
    else if (!isInSpace) joined += ' '
    isInSpace = isSpace
  }
  return joined
}

export interface CutTextOptions {
  /** Most code points. */
  readonly most: number
  /** Whether the end is kept too, as `start... end`. */
  readonly keepsEnd?: true
}

/** llm's cut of a long text. Lengths are in code points. */
export function cutLongText(text: string, { most, keepsEnd }: CutTextOptions): string {
  if (text.length <= most) return text
  const characters = [...text.slice(0, 2 * most)]
  if (characters.length <= most && text.length <= 2 * most) return text
  if (!keepsEnd) return `${characters.slice(0, most - 3).join('')}...`
  const half = Math.floor((most - 5) / 2)
  const end = [...text.slice(-2 * half)].slice(-half)
  return `${characters.slice(0, half).join('')}... ${end.join('')}`
}
