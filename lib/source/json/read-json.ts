import type { Token } from 'stream-json/core/parser.js'
import { keysOf } from '../../row/written-form.js'
import { badRecord } from '../record/bad-record.js'
import { parseGroups } from '../record/parse-groups.js'
import type { ReadGroups } from '../record/stream-groups.js'
import { fieldTooLarge, longestField, longestRecord, recordTooLarge } from '../text/size-limits.js'
import { type AssembledValue, assembleJsonValue } from './assemble-json-value.js'
import { findJsonArray } from './find-json-array.js'
import { jsonRow } from './json-row.js'
import { tokenizeJson } from './tokenize-json.js'

/**
 * Reads the elements of an array in a JSON document. Objects are rows, and a string is a prompt in
 * the column `prompt`. Anything else is a failed outcome with the element's number, from 1.
 *
 * The rest of the document must be JSON, and is not kept. Of two arrays at the same path, the first
 * is read. The columns are the keys of the first row. A blank document is a fault.
 *
 * @param path keys that lead to the array, such as `data.items`; if absent, the document itself.
 */
export function readJson(path?: string): ReadGroups {
  return parseGroups(give => {
    const finding = findJsonArray(path)
    const element = assembleJsonValue()
    let place: 'before' | 'among' | 'after' = 'before'
    let index = 0
    let columns: readonly string[] | undefined
    let hadToken = false
    /**
     * Characters since the last token, and since the end of the last element, up to a piece too
     * many.
     */
    let untokened = 0
    let unfinished = 0

    const tokens = tokenizeJson(take, () => {
      if (place === 'before') return 'before'
      return place === 'among' && !element.isOpen() ? 'between' : 'elsewhere'
    })

    return {
      columns: () => columns,
      write(text) {
        const before = index
        hadToken = false
        tokens.write(text)
        untokened = hadToken ? 0 : untokened + text.length
        if (untokened > longestField) throw fieldTooLarge(elementPlace())
        unfinished = element.isOpen() && index === before ? unfinished + text.length : 0
        if (unfinished > longestRecord) throw recordTooLarge(elementPlace())
      },
      end: tokens.end,
    }

    function take(token: Token): void {
      hadToken = true
      if (token.name === 'stringValue' && token.value.length > longestField) {
        throw fieldTooLarge(elementPlace())
      }
      if (place === 'after') return
      if (place === 'before') {
        if (finding.take(token)) place = 'among'
      } else if (token.name === 'endArray' && !element.isOpen()) {
        place = 'after'
      } else {
        const assembled = element.take(token)
        if (assembled !== undefined) giveElement(assembled)
      }
    }

    function giveElement({ value, fault }: AssembledValue): void {
      const at = elementPlace()
      const record = fault === undefined ? jsonRow(value, index, at) : badRecord(index, at, fault)
      index += 1
      if (columns === undefined && record.kind === 'row') columns = keysOf(record.columns)
      give(record)
    }

    function elementPlace(): string {
      return place === 'among' ? `Element ${index + 1}` : 'The JSON input'
    }
  })
}
