import { changedText, exactNumber } from './exact-number.js'
import type { ColumnValue } from './row.js'
import { hasWrittenForm, isMovingName, keepForm, keepKeys, keepNumberText } from './written-form.js'

/** Characters of a key that an object would move, each with an escape, and its quotes. */
const longestMovingKey = 64

const number = /-?[\d.eE+-]+/y
const colonNext = /\s*:/y
const quote = 34
const backslash = 92
const minus = 45
const zero = 48
const nine = 57

/** A mark with which no string in `text` starts, so that a string with this mark is ours. */
export function unusedMark(text: string): string {
  let mark = '#'
  while (text.includes(`"${mark}`)) mark += '#'
  return mark
}

/**
 * Takes valid JSON. Puts each number that JavaScript would change into a string that starts with
 * `mark`, and puts `mark` before each key that an object would move.
 */
export function markChanges(text: string, mark: string): string {
  let marked = ''
  let copied = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const end = endOfString(text, at)
      if (isMovingKey(text, at, end)) {
        marked += `${text.slice(copied, at)}"${mark}`
        copied = at + 1
      }
      at = end
    } else if (code === minus || (code >= zero && code <= nine)) {
      number.lastIndex = at
      const found = number.exec(text)?.[0] ?? ''
      const value = exactNumber(found)
      if (typeof value === 'bigint' || changedText(found, value) !== undefined) {
        marked += `${text.slice(copied, at)}"${mark}${found}"`
        copied = at + found.length
      }
      at += found.length - 1
    }
  }
  return copied === 0 ? text : marked + text.slice(copied)
}

/** @param start position of the opening quote, and `end` of the closing quote. */
function isMovingKey(text: string, start: number, end: number): boolean {
  if (end - start > longestMovingKey) return false
  const written = text.slice(start, end + 1)
  const name = written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1)
  if (!isMovingName(name)) return false
  colonNext.lastIndex = end + 1
  return colonNext.test(text)
}

/**
 * The position of the quote that closes the string at `at`. A quote after an odd number of
 * backslashes is escaped.
 */
function endOfString(text: string, at: number): number {
  let end = at
  for (;;) {
    end = text.indexOf('"', end + 1)
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before -= 1
    if ((end - before) % 2 === 1) return end
  }
}

interface WaitingHolder {
  readonly holder: Record<string, ColumnValue>
  readonly around: WaitingHolder | undefined
}

/** A loop, not a recursion: a deeply nested value must not overflow the stack. */
export function reviveMarked(root: ColumnValue, mark: string): ColumnValue {
  const outermost = { root }
  const waiting: WaitingHolder[] = [{ holder: outermost, around: undefined }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { holder } = next
    const isFormed = reviveKeys(holder, mark)
    const hasNumbers = reviveNumbers(holder, mark)
    if (isFormed || hasNumbers) keepFormAround(next)
    for (const value of Object.values(holder)) {
      if (typeof value === 'object' && value !== null) {
        waiting.push({ holder: value as Record<string, ColumnValue>, around: next })
      }
    }
  }
  return outermost.root
}

/** @returns whether the object moves some of its keys. */
function reviveKeys(holder: Record<string, ColumnValue>, mark: string): boolean {
  if (Array.isArray(holder)) return false
  const marked = Object.keys(holder)
  if (!marked.some(key => key.startsWith(mark))) return false
  const names = marked.map(key => (key.startsWith(mark) ? key.slice(mark.length) : key))
  for (const [at, key] of marked.entries()) {
    const name = names[at] as string
    if (name === key) continue
    holder[name] = holder[key] as ColumnValue
    delete holder[key]
  }
  const isMoved = Object.keys(holder).some((key, at) => key !== names[at])
  if (isMoved) keepKeys(holder, names)
  return isMoved
}

/** @returns whether the holder has a number whose text is kept. */
function reviveNumbers(holder: Record<string, ColumnValue>, mark: string): boolean {
  let isKept = false
  for (const key of Object.keys(holder)) {
    const text = holder[key]
    if (typeof text !== 'string' || !text.startsWith(mark)) continue
    const found = text.slice(mark.length)
    const value = exactNumber(found)
    holder[key] = value
    if (typeof value === 'bigint') continue
    keepNumberText(holder, key, found)
    isKept = true
  }
  return isKept
}

function keepFormAround({ around }: WaitingHolder): void {
  for (let next = around; next !== undefined; next = next.around) {
    if (hasWrittenForm(next.holder)) return
    keepForm(next.holder)
  }
}
