import { isPythonFloat, isPythonObject, type PythonJson } from '../../../row/python/python-json.js'
import { pythonFloat } from '../../../row/python/python-json-text.js'
import { escapeOf, isEscaped } from './yaml-escape.js'
import { isLineBreak, scalarForm } from './yaml-scalar.js'

/** A longer key stands on a line of its own. PyYAML counts the tag `!!str` too. */
const longestKey = 127 - '!!str'.length

export interface PythonYamlOptions {
  /** Spaces of a level; 2 if absent. */
  readonly indent?: number
  /** Columns from which on lines are folded; 80 if absent. */
  readonly width?: number
  /** Whether keys are sorted; no if absent. */
  readonly sortsKeys?: boolean
  /** Whether a text of several lines is written line by line after `|`; no if absent. */
  readonly isLiteral?: boolean
}

/**
 * PyYAML's `yaml.dump(value, sort_keys=False)`, byte by byte. (The YAML library that we use folds
 * and quotes texts in another way.)
 *
 * @see https://github.com/yaml/pyyaml lib/yaml/emitter.py, of which this has the parts for block
 * style
 */
export function pythonYaml(value: PythonJson, options: PythonYamlOptions = {}): string {
  const { indent: step = 2, width: bestWidth = 80, sortsKeys = false, isLiteral = false } = options
  let out = ''
  let column = 0
  /** Whether the last character is a blank, and whether the line has only blanks and `-`. */
  let isAfterBlank = true
  let isInIndent = true
  /** Whether the last text ends with line breaks, so that the end must be marked. */
  let isOpenEnded = false
  writeNode(value, -step, false)
  if (column > 0) writeBreak()
  return isOpenEnded ? `${out}...\n` : out

  function writeNode(node: PythonJson, indent: number, isInMapping: boolean): void {
    if (node === null || typeof node !== 'object' || isPythonFloat(node)) {
      writeScalar(node, indent + step)
    } else if (isPythonObject(node)) {
      if (node.size === 0) writeIndicator('{}', { needsBlank: true })
      else writeMapping(node, indent + step)
    } else if (node.length === 0) writeIndicator('[]', { needsBlank: true })
    else writeSequence(node, isInMapping && !isInIndent ? indent : indent + step)
  }

  function writeSequence(nodes: readonly PythonJson[], indent: number): void {
    for (const node of nodes) {
      writeIndent(indent)
      writeIndicator('-', { needsBlank: true, isIndent: true })
      writeNode(node, indent, false)
    }
  }

  function writeMapping(members: ReadonlyMap<string, PythonJson>, indent: number): void {
    const entries = sortsKeys ? sortedByKey(members) : members
    for (const [key, member] of entries) {
      writeIndent(indent)
      const characters = [...key]
      const isSimple =
        key !== '' && characters.length <= longestKey && !characters.some(isLineBreak)
      if (isSimple) {
        writeText(characters, indent + step, true)
        writeIndicator(':', { needsBlank: false })
      } else {
        writeIndicator('?', { needsBlank: true, isIndent: true })
        writeText(characters, indent + step, false)
        writeIndent(indent)
        writeIndicator(':', { needsBlank: true, isIndent: true })
      }
      writeNode(member, indent, true)
    }
  }

  function writeScalar(value: PythonJson, indent: number): void {
    if (typeof value === 'string') writeText([...value], indent, false)
    else writePlain([...otherScalar(value)], indent, true)
  }

  function writeText(characters: readonly string[], indent: number, isKey: boolean): void {
    const { style, mayBeLiteral } = scalarForm(characters, isKey)
    if (isLiteral && characters.includes('\n')) {
      if (mayBeLiteral && !isKey) writeLiteral(characters, indent)
      else writeDoubleQuoted(characters, indent, !isKey)
    } else if (style === 'plain') writePlain(characters, indent, !isKey)
    else if (style === 'single') writeSingleQuoted(characters, indent, !isKey)
    else writeDoubleQuoted(characters, indent, !isKey)
  }

  /** A space is where a line that is too long ends, if it is the only one there. */
  function writePlain(characters: readonly string[], indent: number, mayFold: boolean): void {
    if (!isAfterBlank) write(' ')
    isAfterBlank = false
    isInIndent = false
    for (const [word, spaces] of wordsOf(characters)) {
      write(word)
      if (spaces === 1 && column > bestWidth && mayFold) {
        writeIndent(indent)
        isAfterBlank = false
        isInIndent = false
      } else write(' '.repeat(spaces))
    }
  }

  function writeSingleQuoted(
    characters: readonly string[],
    indent: number,
    mayFold: boolean,
  ): void {
    writeIndicator("'", { needsBlank: true })
    let start = 0
    while (start < characters.length) {
      let end = start + 1
      const kind = kindOf(characters[start])
      while (end < characters.length && kindOf(characters[end]) === kind) end += 1
      const run = characters.slice(start, end)
      if (kind === 'break') {
        if (run[0] === '\n') writeBreak()
        for (const lineBreak of run) writeBreak(lineBreak)
        writeIndent(indent)
      } else if (kind === 'space') {
        const isInside = start !== 0 && end !== characters.length
        if (run.length === 1 && column > bestWidth && mayFold && isInside) writeIndent(indent)
        else write(run.join(''))
      } else write(run.join('').replaceAll("'", "''"))
      start = end
    }
    writeIndicator("'", { needsBlank: false })
  }

  /** A text line by line, with marks for a blank start and for its end. */
  function writeLiteral(characters: readonly string[], indent: number): void {
    const text = characters.join('')
    const isBlankStart = text.startsWith(' ') || text.startsWith('\n')
    const isSeveral = text === '\n' || text.endsWith('\n\n')
    const end = text.endsWith('\n') ? (isSeveral ? '+' : '') : '-'
    writeIndicator(`|${isBlankStart ? step : ''}${end}`, { needsBlank: true })
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const line of lines) {
      writeBreak()
      if (line !== '') out += ' '.repeat(indent) + line
    }
    writeBreak()
    isOpenEnded = isSeveral
  }

  function writeDoubleQuoted(
    characters: readonly string[],
    indent: number,
    mayFold: boolean,
  ): void {
    writeIndicator('"', { needsBlank: true })
    let start = 0
    for (let end = 0; end <= characters.length; end += 1) {
      const character = characters[end]
      if (character === undefined || isEscaped(character)) {
        if (start < end) write(characters.slice(start, end).join(''))
        start = Math.max(start, end)
        if (character !== undefined) {
          write(escapeOf(character))
          start = end + 1
        }
      }
      const isInside = end > 0 && end < characters.length - 1
      const mayBreak = character === ' ' || start >= end
      if (isInside && mayBreak && column + (end - start) > bestWidth && mayFold) {
        write(`${characters.slice(start, end).join('')}\\`)
        start = Math.max(start, end)
        writeIndent(indent)
        isAfterBlank = false
        isInIndent = false
        if (characters[start] === ' ') write('\\')
      }
    }
    writeIndicator('"', { needsBlank: false })
  }

  function writeIndicator(
    indicator: string,
    { needsBlank, isIndent = false }: { needsBlank: boolean; isIndent?: boolean },
  ): void {
    write(isAfterBlank || !needsBlank ? indicator : ` ${indicator}`)
    isAfterBlank = false
    isInIndent &&= isIndent
    isOpenEnded = false
  }

  /** Goes to a column, on a new line unless this one has only an indent so far. */
  function writeIndent(indent: number): void {
    if (!isInIndent || column > indent || (column === indent && !isAfterBlank)) writeBreak()
    if (column >= indent) return
    isAfterBlank = true
    write(' '.repeat(indent - column))
  }

  function writeBreak(lineBreak = '\n'): void {
    isAfterBlank = true
    isInIndent = true
    out += lineBreak
    column = 0
  }

  /** For text without line breaks and without characters of two units. */
  function write(text: string): void {
    out += text
    column += text.length
  }
}

/** By code points, as Python sorts. */
function sortedByKey(members: ReadonlyMap<string, PythonJson>) {
  return [...members].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

function otherScalar(value: PythonJson): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const { float } = value as { float: number }
  if (Number.isNaN(float)) return '.nan'
  if (!Number.isFinite(float)) return float > 0 ? '.inf' : '-.inf'
  const text = pythonFloat(float)
  return text.includes('.') ? text : text.replace('e', '.0e')
}

/** The words of a text, each with the number of spaces after the word. */
function wordsOf(characters: readonly string[]): readonly (readonly [string, number])[] {
  const words: [string, number][] = []
  for (const part of characters.join('').split(/( +)/)) {
    const last = words.at(-1)
    if (part.startsWith(' ') && last !== undefined) last[1] = part.length
    else if (part !== '') words.push([part, 0])
  }
  return words
}

function kindOf(character: string | undefined): 'space' | 'break' | 'text' {
  if (character === ' ') return 'space'
  return isLineBreak(character) ? 'break' : 'text'
}
