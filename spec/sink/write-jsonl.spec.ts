import os from 'node:os'
import fc from 'fast-check'
import type { Columns, ColumnValue } from '../../lib/row/row.js'
import type { WrittenOutcome } from '../../lib/sink/outcome-columns.js'
import { answered, failed, row } from '../support/rows.js'

const platformEnd = os.EOL

/** On a platform that ends its lines so: ndjson asks for that once, when it is loaded. */
async function onPlatform(lineEnd: string) {
  Object.defineProperty(os, 'EOL', { value: lineEnd, configurable: true })
  try {
    return await import('../../lib/sink/write-jsonl.js')
  } finally {
    Object.defineProperty(os, 'EOL', { value: platformEnd, configurable: true })
  }
}

const { jsonRecord, writeJsonl } = await onPlatform('\r\n')
const naming = { columns: ['id'], responseColumn: 'response' }

function answeredWith(columns: Columns, index = 0): WrittenOutcome {
  return { ...answered(index, 'yes'), row: row(index, columns) }
}

describe('writeJsonl', () => {
  it('keeps big integers exact at any depth, and goes on after them', () => {
    const big = 12345678901234567890n
    const outcomes = [{ id: big }, { id: 1 }, { id: { in: [{ deep: big }] } }, { id: '2' }]

    const text = writeJsonl(naming).records(
      outcomes.map((columns, index) => answeredWith(columns, index)),
      true,
    )

    expect(text.split('\n')).toEqual([
      '{"id":12345678901234567890,"response":"yes"}',
      '{"id":1,"response":"yes"}',
      '{"id":{"in":[{"deep":12345678901234567890}]},"response":"yes"}',
      '{"id":"2","response":"yes"}',
      '',
    ])
  })

  it('keeps the place of a column whose name is a number', () => {
    const text = writeJsonl(naming).records([answeredWith({ id: 1, '2024': 'b' })], true)
    expect(text).toBe('{"id":1,"2024":"b","response":"yes"}\n')
  })

  it('keeps a column called __proto__', () => {
    const columns = JSON.parse('{"id":1,"__proto__":{"a":2}}')
    const text = writeJsonl(naming).records([answeredWith(columns)], true)
    expect(text).toBe('{"id":1,"__proto__":{"a":2},"response":"yes"}\n')
  })

  it('ends records with LF also where the platform ends lines with CRLF', () => {
    const text = writeJsonl(naming).records([answeredWith({ id: 'a\r\n' })], true)
    expect(text).toBe('{"id":"a\\r\\n","response":"yes"}\n')
  })

  it('writes a failed row with its error', () => {
    const text = writeJsonl(naming).records([failed(0, 'RATE_LIMITED')], true)
    expect(JSON.parse(text)).toMatchObject({ response: null, error: { code: 'RATE_LIMITED' } })
  })

  it('gives every one of thousands of records, in their order, however many come at once', () => {
    const document = writeJsonl(naming)
    const outcomes = Array.from({ length: 5000 }, (_, id) => answeredWith({ id }, id))

    const text =
      document.records(outcomes.slice(0, 1), true) +
      document.records(outcomes.slice(1), false) +
      document.closing(false)

    const ids = text.trimEnd().split('\n')
    expect(ids.map(line => JSON.parse(line).id)).toEqual(outcomes.map((_, id) => id))
  })

  it('writes each record as the same object stands in a JSON array', () => {
    const value: fc.Arbitrary<ColumnValue> = fc.oneof(
      fc.jsonValue() as fc.Arbitrary<ColumnValue>,
      fc.bigInt(),
      fc.string({ unit: 'binary' }),
    )
    const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[0-9a_]{0,3}$/))
    fc.assert(
      fc.property(fc.array(fc.dictionary(name, value)), rows => {
        const outcomes = rows.map((columns, index) => answeredWith(columns, index))
        const text = writeJsonl(naming).records(outcomes, true)
        expect(text).toBe(outcomes.map(outcome => `${jsonRecord(outcome, naming)}\n`).join(''))
      }),
    )
  })
})
