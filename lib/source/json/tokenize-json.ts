import { getManyValues, isMany, none } from 'stream-chain/core'
import { jsonParser, type Token } from 'stream-json/core/parser.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import { deepestDocument, longestRecord } from '../text/size-limits.js'
import { findJsonFault } from './json-fault.js'

export interface JsonTokenizing {
  readonly write: (text: string) => void
  readonly end: () => void
}

/**
 * One JSON document in, its tokens out; at a fault, INPUT_SYNTAX_INVALID with line and column.
 *
 * stream-json's tokenizer drops the tokens of a piece with a fault, and does not say where the
 * fault is. So each piece ends after one `}` or `]`: all that was complete before a fault has come
 * out by then. (If elements may be strings or numbers, pieces end earlier.) A closing token can
 * only come from the end of a piece, so its position is known. The verifier looks for the fault in
 * the text after the last such position, behind as many brackets as are open.
 *
 * A blank document is a fault.
 *
 * @param take gets each token as soon as its text is complete.
 * @param place where the tokens have led: before the array of rows, between two elements, or
 * elsewhere.
 * @throws {BatchError} INPUT_SYNTAX_INVALID, reach `run`, also for nesting beyond 10,000 levels.
 */
export function tokenizeJson(
  take: (token: Token) => void,
  place: () => 'before' | 'between' | 'elsewhere',
): JsonTokenizing {
  const tokenize = jsonParser({ streamValues: false })
  const closer = /[\]}]/g
  const closerOrOpening = /[\]}[]/g
  const closerOrComma = /[\]},]/g
  const scalarNext = /[\s,]*[^\s,[{]/y
  const open: string[] = []
  /** Text since the last closing token, and the position of that token. */
  let since = ''
  let isSinceWhole = true
  let openThere = 0
  let hasClosed = false
  let line = 1
  let column = 1
  let isInScalar = false

  return {
    write(text) {
      let closedAt = 0
      for (let start = 0; start < text.length; ) {
        const piece = text.slice(start, pieceEnd(text, start))
        start += piece.length
        if (takeTokens(piece, () => since + text.slice(closedAt, start))) {
          moveOn(since)
          moveOn(text.slice(closedAt, start))
          since = ''
          isSinceWhole = true
          openThere = open.length
          hasClosed = true
          closedAt = start
        }
      }
      since += text.slice(closedAt)
      if (since.length > longestRecord) {
        moveOn(since)
        since = ''
        isSinceWhole = false
      }
    },
    end() {
      if (!hasClosed && since.trim() === '') throw jsonMissing()
      takeTokens(none, () => since)
    },
  }

  /** @returns whether the piece closed an object or an array. */
  function takeTokens(piece: string | typeof none, text: () => string): boolean {
    const tokens = tokensOf(piece, text)
    let isClosed = false
    for (const token of tokens) {
      isClosed = follow(token)
      take(token)
    }
    isInScalar =
      tokens.length === 0 && typeof piece === 'string' && (isInScalar || /[^\s,]/.test(piece))
    return isClosed
  }

  function tokensOf(piece: string | typeof none, text: () => string): readonly Token[] {
    try {
      const tokens = tokenize(piece as string)
      return isMany(tokens) ? (getManyValues(tokens) as Token[]) : []
    } catch {
      throw faultIn(text())
    }
  }

  function follow({ name }: Token): boolean {
    if (name === 'endObject' || name === 'endArray') {
      open.pop()
      return true
    }
    if (name === 'startObject' || name === 'startArray') {
      open.push(name === 'startArray' ? '[' : '{"":')
      if (open.length > deepestDocument) throw documentTooDeep(line)
    }
    return false
  }

  function pieceEnd(text: string, start: number): number {
    const pattern = seamAfter(text, start)
    pattern.lastIndex = start
    return pattern.test(text) ? pattern.lastIndex : text.length
  }

  function seamAfter(text: string, start: number): RegExp {
    const current = place()
    if (current === 'before') return closerOrOpening
    if (current === 'elsewhere') return closer
    scalarNext.lastIndex = start
    return isInScalar || scalarNext.test(text) ? closerOrComma : closer
  }

  function moveOn(text: string): void {
    const lastFeed = text.lastIndexOf('\n')
    if (lastFeed === -1) {
      column += text.length
      return
    }
    for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', feed + 1)) line += 1
    column = text.length - lastFeed
  }

  function faultIn(text: string): BatchError {
    if (!isSinceWhole) return jsonSyntaxInvalid(`Near line ${line}`, 'not JSON')
    const before = open.slice(0, openThere).join('') + (hasClosed ? '""' : '')
    const fault = findJsonFault(before + text)
    moveOn(text.slice(0, (fault?.offset ?? 0) - before.length))
    return jsonSyntaxInvalid(`Line ${line}, column ${column}`, fault?.reason ?? 'not JSON')
  }
}

function jsonSyntaxInvalid(place: string, reason: string): BatchError {
  return runError(
    'INPUT_SYNTAX_INVALID',
    `${place}: ${reason}`,
    'Correct the JSON there. If every line is a value, add --input-format jsonl.',
  )
}

function jsonMissing(): BatchError {
  return runError(
    'INPUT_SYNTAX_INVALID',
    'The JSON input is empty',
    'An input without rows is an empty array: [].',
  )
}

function documentTooDeep(line: number): BatchError {
  return jsonSyntaxInvalid(`Near line ${line}`, `nested deeper than ${deepestDocument} levels`)
}
