import os from 'node:os'
import fc from 'fast-check'
import { parseJson } from '../../../lib/row/exact-json.js'
import type { Columns, ColumnValue } from '../../../lib/row/row.js'
import { outcomeFields, type WrittenOutcome } from '../../../lib/sink/document/outcome-columns.js'
import { jsonObject } from '../../../lib/sink/document/write-json.js'
import { anyCharacter } from '../../support/any-character.js'
import { answered, failed, row } from '../../support/rows.js'

const platformEnd = os.EOL

/** On a platform that ends its lines so: ndjson asks for that once, when it is loaded. */
async function onPlatform(lineEnd: string) {
  Object.defineProperty(os, 'EOL', { value: lineEnd, configurable: true })
  try {
    return await import('../../../lib/sink/document/write-jsonl.js')
  } finally {
    Object.defineProperty(os, 'EOL', { value: platformEnd, configurable: true })
  }
}

const { writeJsonl } = await onPlatform('\r\n')
const naming = { columns: ['id'], responseColumn: 'response' }
const fieldsOf = (outcome: WrittenOutcome) => outcomeFields(outcome, naming)
const textOf = (outcomes: readonly WrittenOutcome[]) =>
  outcomes.map(writeJsonl(fieldsOf).textOf).join('')

function answeredWith(columns: Columns, index = 0): WrittenOutcome {
  return { ...answered(index, 'yes'), row: row(index, columns) }
}

describe('writeJsonl', () => {
  it('keeps big integers exact at any depth, also before other rows', () => {
    const big = 12345678901234567890n
    const outcomes = [{ id: big }, { id: 1 }, { id: { in: [{ deep: big }] } }, { id: '2' }]

    const text = textOf(outcomes.map((columns, index) => answeredWith(columns, index)))

    expect(text.split('\n')).toEqual([
      '{"id":12345678901234567890,"response":"yes"}',
      '{"id":1,"response":"yes"}',
      '{"id":{"in":[{"deep":12345678901234567890}]},"response":"yes"}',
      '{"id":"2","response":"yes"}',
      '',
    ])
  })

  it('keeps the place of a column whose name is a number', () => {
    const text = textOf([answeredWith(parseJson('{"id":1,"2024":"b"}') as Columns)])
    expect(text).toBe('{"id":1,"2024":"b","response":"yes"}\n')
  })

  it('keeps a column called __proto__', () => {
    const columns = JSON.parse('{"id":1,"__proto__":{"a":2}}')
    const text = textOf([answeredWith(columns)])
    expect(text).toBe('{"id":1,"__proto__":{"a":2},"response":"yes"}\n')
  })

  it('ends lines with LF also if the platform ends lines with CRLF', () => {
    const text = textOf([answeredWith({ id: 'a\r\n' })])
    expect(text).toBe('{"id":"a\\r\\n","response":"yes"}\n')
  })

  it('writes a failed row with its error', () => {
    const text = textOf([failed(0, 'RATE_LIMITED')])
    expect(JSON.parse(text)).toMatchObject({ response: null, error: { code: 'RATE_LIMITED' } })
  })

  it('writes thousands of rows in their order', () => {
    const outcomes = Array.from({ length: 5000 }, (_, id) => answeredWith({ id }, id))

    const text = textOf(outcomes)

    const ids = text.trimEnd().split('\n')
    expect(ids.map(line => JSON.parse(line).id)).toEqual(outcomes.map((_, id) => id))
  })

  it('writes each row as the same object is written in a JSON array', () => {
    const value: fc.Arbitrary<ColumnValue> = fc.oneof(
      fc.jsonValue() as fc.Arbitrary<ColumnValue>,
      fc.bigInt(),
      fc.string({ unit: anyCharacter }),
    )
    const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9a_]{0,3}$/))
    fc.assert(
      fc.property(fc.array(fc.dictionary(name, value)), rows => {
        const outcomes = rows.map((columns, index) => answeredWith(columns, index))
        const text = textOf(outcomes)
        expect(text).toBe(
          outcomes
            .flatMap(fieldsOf)
            .map(fields => `${jsonObject(fields)}\n`)
            .join(''),
        )
      }),
    )
  })
})
