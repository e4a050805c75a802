import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { parseJson } from '../../../lib/row/exact-json.js'
import type { Columns, ColumnValue } from '../../../lib/row/row.js'
import {
  answerColumns,
  type OutcomeNaming,
  outcomeCells,
  outcomeFields,
  outcomeValues,
  type WrittenOutcome,
} from '../../../lib/sink/document/outcome-columns.js'
import { joinTexts, type OutputDocument } from '../../../lib/sink/document/output-document.js'
import { writeCsv } from '../../../lib/sink/document/write-csv.js'
import { jsonObject, writeJson } from '../../../lib/sink/document/write-json.js'
import { writeJsonl } from '../../../lib/sink/document/write-jsonl.js'
import { anyCharacter } from '../../support/any-character.js'
import { answered, failed, row } from '../../support/rows.js'

const responseColumn = 'response'

function answeredWith(columns: Columns, text = 'yes', index = 0): WrittenOutcome {
  return { ...answered(index, text), row: row(index, columns) }
}

function textOf(
  document: OutputDocument<WrittenOutcome>,
  outcomes: readonly WrittenOutcome[],
): string {
  return joinTexts(document, outcomes.map(document.textOf), true) + document.closing
}

const table = (columns: readonly string[], delimiter: ',' | '\t' = ',') =>
  writeCsv({ delimiter }, [...columns, responseColumn], (outcome: WrittenOutcome) =>
    outcomeCells(outcome, { columns, responseColumn }),
  )

const jsonOf = (outcome: WrittenOutcome, naming: OutcomeNaming) =>
  outcomeFields(outcome, naming).map(jsonObject).join()

describe('usage columns', () => {
  const naming = { columns: ['id'], responseColumn, usageColumns: true }
  const usage = { inputTokens: 12, cachedInputTokens: 4, outputTokens: 3 }
  const paid = {
    ...answered(0, 'yes'),
    row: row(0, { id: 1 }),
    answer: { ...answered(0, 'yes').answer, usage, durationMs: 40.4 },
    costUsd: 0.00000045,
  }
  const unpaid = { ...failed(1), row: row(1, { id: 2 }) }
  const cut = { ...failed(2), row: row(2, { id: 3 }), answer: paid.answer, costUsd: 2 }

  it('follow the response in a table, also for failed rows', () => {
    expect([paid, unpaid, cut].flatMap(outcome => outcomeCells(outcome, naming))).toEqual([
      ['1', 'yes', '12', '3', '0.00000045', '40'],
      ['2', '', '', '', '', ''],
      ['3', '', '12', '3', '2', '40'],
    ])
  })

  it('follow the response in JSON, before the error', () => {
    const [first, second, third] = [paid, unpaid, cut].map(outcome => jsonOf(outcome, naming))
    const error = '"error":{"code":"REQUEST_REJECTED","message":"a fault of kind REQUEST_REJECTED"}'

    expect(first).toBe(
      '{"id":1,"response":"yes","input_tokens":12,"output_tokens":3,"cost_usd":4.5e-7,"duration_ms":40}',
    )
    expect(second).toBe(
      `{"id":2,"response":null,"input_tokens":null,"output_tokens":null,"cost_usd":null,"duration_ms":null,${error}}`,
    )
    expect(third).toBe(
      `{"id":3,"response":null,"input_tokens":12,"output_tokens":3,"cost_usd":2,"duration_ms":40,${error}}`,
    )
  })

  it('are empty where the provider counted nothing, or nothing that is a count', () => {
    const odd = { ...paid.answer, usage: { inputTokens: Number.POSITIVE_INFINITY } }
    const outcome = { ...paid, answer: odd, costUsd: undefined }

    expect(outcomeCells(outcome, naming)).toEqual([['1', 'yes', '', '', '', '40']])
  })

  it('write every cost as a plain number that is read as the same cost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 14 }), trillionths => {
        const costUsd = trillionths / 1e12
        const cell = outcomeCells({ ...paid, costUsd }, naming)[0]?.[4]

        expect(cell).toMatch(/^\d+(\.\d+)?$/)
        expect(Number(cell)).toBe(costUsd)
      }),
    )
  })
})

describe('outcomeValues', () => {
  const usage = { inputTokens: 12, outputTokens: 3 }
  const paid = {
    ...answered(0, 'yes'),
    row: row(0, { id: 1, tags: ['a', null], blank: null }),
    answer: { ...answered(0, 'yes').answer, usage, durationMs: 40.4 },
    costUsd: 0.5,
  }
  const lost = { ...failed(1), row: row(1, { id: 2 }) }
  const columns = ['id', 'tags', 'blank', 'absent']

  it('have the types of the cells, and null for what is empty', () => {
    const naming = { columns, responseColumn, usageColumns: true, errorColumn: 'why' }

    expect([paid, lost].flatMap(outcome => outcomeValues(outcome, naming))).toEqual([
      [1, ['a', null], null, null, 'yes', 12, 3, 0.5, 40, null],
      [
        ...[2, null, null, null, null, null, null, null, null],
        'REQUEST_REJECTED: a fault of kind REQUEST_REJECTED',
      ],
    ])
  })

  it('have a value for each property of an answer with a schema', () => {
    const shape = { properties: ['mood', 'score'], hasResponse: true, isExploded: true }
    const text = '{"items":[{"mood":"good","score":1.5},{"score":null}]}'

    expect(
      outcomeValues(answeredWith({ id: 1 }, text), { columns: ['id'], responseColumn, shape }),
    ).toEqual([
      [1, { mood: 'good', score: 1.5 }, 'good', 1.5],
      [1, { score: null }, null, null],
    ])
  })
})

describe('the column of errors in a table', () => {
  const naming = { columns: ['id'], responseColumn, errorColumn: 'why' }

  it('is the last one, and says why a row failed', () => {
    const lost = { ...failed(1), row: row(1, { id: 2 }) }

    expect(answerColumns({ ...naming, usageColumns: true }).at(-1)).toBe('why')
    expect(answerColumns(naming)).toEqual(['response', 'why'])
    expect([answeredWith({ id: 1 }), lost].flatMap(one => outcomeCells(one, naming))).toEqual([
      ['1', 'yes', ''],
      ['2', '', 'REQUEST_REJECTED: a fault of kind REQUEST_REJECTED'],
    ])
  })

  it('follows the properties of an answer with a schema, none of which takes its name', () => {
    const shape = { properties: ['why', 'mood'], hasResponse: false, isExploded: false }

    expect(answerColumns({ ...naming, shape })).toEqual(['response.why', 'mood', 'why'])
  })
})

describe('jsonObject', () => {
  it("keeps the order of each row's columns, also of those that are numbers", () => {
    for (const text of ['{"z":2,"10":"ten","9":"nine"}', '{"9":"nine","z":2,"10":"ten"}']) {
      const outcome = answeredWith(parseJson(text) as Columns)
      expect(jsonOf(outcome, { columns: ['z', '10', '9', 'absent'], responseColumn })).toBe(
        text.replace('}', ',"response":"yes"}'),
      )
    }
  })

  it.each([
    [{ error: 'mine' }, [], 'response_error'],
    [{}, ['error'], 'response_error'],
    [{ error: 1, response_error: 2 }, ['error'], 'response_error_'],
    [{}, [], 'error'],
  ])("never takes the input's own column for the error: %j", (columns, known, name) => {
    const record = JSON.parse(
      jsonOf({ ...failed(0), row: row(0, columns) }, { columns: known, responseColumn }),
    )

    expect(record).toEqual({
      ...columns,
      response: null,
      [name]: { code: 'REQUEST_REJECTED', message: 'a fault of kind REQUEST_REJECTED' },
    })
  })

  it('has each name once', () => {
    const outcome = answeredWith({ response: 'mine', id: 1 })

    expect(jsonOf(outcome, { columns: ['id', 'response'], responseColumn })).toBe(
      '{"id":1,"response":"yes"}',
    )
  })

  it('reads only what the row itself has', () => {
    const outcome = answeredWith({ id: 1 })

    expect(jsonOf(outcome, { columns: ['constructor', 'id'], responseColumn })).toBe(
      '{"id":1,"response":"yes"}',
    )
  })
})

describe('writeCsv', () => {
  it.each([
    [{}, 'id,response\n1,yes\n'],
    [{ bom: true }, '\ufeffid,response\n1,yes\n'],
    [{ crlf: true }, 'id,response\r\n1,yes\r\n'],
    [{ bom: true, crlf: true }, '\ufeffid,response\r\n1,yes\r\n'],
  ])('writes the mark and the line ends that are asked for: %j', (form, expected) => {
    const document = writeCsv(
      { delimiter: ',', ...form },
      ['id', responseColumn],
      (outcome: WrittenOutcome) => outcomeCells(outcome, { columns: ['id'], responseColumn }),
    )

    expect(textOf(document, [answeredWith({ id: 1 })])).toBe(expected)
    expect(document.empty).toBe(expected.split(/(?<=\n)/)[0])
  })

  it('leaves the line breaks inside of a cell as they are when rows end with CR and LF', () => {
    const document = writeCsv(
      { delimiter: ',', crlf: true },
      [responseColumn],
      (outcome: WrittenOutcome) => outcomeCells(outcome, { columns: [], responseColumn }),
    )

    expect(document.textOf(answeredWith({}, 'a\nb'))).toBe('"a\nb"\r\n')
  })

  it('writes values that are not text as people would', () => {
    const columns = ['a', 'b', 'c', 'd', 'e', 'f', 'toString']
    const outcome = answeredWith({
      a: 1.5,
      b: true,
      c: null,
      d: { x: [1, 'é'] },
      e: 12345678901234567890n,
      f: '007',
    })

    const text = table(columns).textOf(outcome)

    expect(text).toBe('1.5,true,,"{""x"":[1,""é""]}",12345678901234567890,007,,yes\n')
  })

  it.each([',', '\t'] as const)('can be read back as it was, with %j between', delimiter => {
    const cell = fc.string({
      unit: fc.constantFrom('a', ' ', '"', ',', '\t', '\n', '\r', 'é', '😀', '=', "'", '\\', '\0'),
    })
    const columns = ['id', 'a.b', '2024', '"odd", name']
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell, cell), { minLength: 1 }), rows => {
        const outcomes = rows.map(([a, b, c, d, text], index) =>
          answeredWith({ id: a, 'a.b': b, '2024': c, '"odd", name': d }, text, index),
        )
        const text = textOf(table(columns, delimiter), outcomes)

        // Readers that know more than LF, ours among them, end a line at a CR outside of quotes.
        const read = parse(text, { delimiter, record_delimiter: ['\r\n', '\n', '\r'] })
        expect(read).toEqual([[...columns, responseColumn], ...rows])
      }),
    )
  })
})

describe('writeJson and writeJsonl', () => {
  const value: fc.Arbitrary<ColumnValue> = fc.oneof(
    fc.jsonValue().map(json => parseJson(JSON.stringify(json))),
    fc.bigInt({ min: 2n ** 60n, max: 2n ** 80n }),
    fc.string({ unit: anyCharacter }),
  )
  const name = fc
    .string({ unit: 'grapheme' })
    .filter(key => key !== 'response' && key !== '__proto__')
  const rows = fc.array(fc.tuple(fc.dictionary(name, value), fc.string({ unit: anyCharacter })), {
    minLength: 1,
    maxLength: 5,
  })

  it('are read back as they were', () => {
    fc.assert(
      fc.property(rows, given => {
        const outcomes = given.map(([columns, text], index) => answeredWith(columns, text, index))
        const expected = given.map(([columns, response]) => ({ ...columns, response }))
        const naming = { columns: Object.keys(given[0]?.[0] ?? {}), responseColumn }

        const fieldsOf = (outcome: WrittenOutcome) => outcomeFields(outcome, naming)

        const array = textOf(writeJson(fieldsOf), outcomes)
        const lines = textOf(writeJsonl(fieldsOf), outcomes).split('\n')

        expect(parseJson(array)).toEqual(expected)
        expect(lines.pop()).toBe('')
        expect(lines.map(line => parseJson(line))).toEqual(expected)
      }),
    )
  })
})

describe('answers with a schema', () => {
  const properties = ['mood', 'people', 'id']
  const shape = { properties, hasResponse: false, isExploded: false }
  const naming = { columns: ['id', 'response'], responseColumn, shape }
  const text = '{"mood":"good","people":[{"name":"Ada"}],"id":12345678901234567890}'
  const outcome = answeredWith({ id: '1', response: 'mine' }, text)
  const lost = { ...failed(1), row: row(1, { id: '2', response: 'other' }) }

  it('have a column for each property in a table, and no response', () => {
    expect(answerColumns(naming)).toEqual(['mood', 'people', 'response.id'])
    expect(outcomeCells(outcome, naming)).toEqual([
      ['1', 'mine', 'good', '[{"name":"Ada"}]', '12345678901234567890'],
    ])
    expect(outcomeCells(lost, naming)).toEqual([['2', 'other', '', '', '']])
  })

  it('have the whole response too if its column is named, and the usage at the end', () => {
    const named = {
      columns: ['id'],
      responseColumn: 'answer',
      usageColumns: true,
      shape: { ...shape, properties: ['cost_usd', 'answer'], hasResponse: true },
    }
    expect(answerColumns(named)).toEqual([
      ...['answer', 'answer.cost_usd', 'answer.answer'],
      ...['input_tokens', 'output_tokens', 'cost_usd', 'duration_ms'],
    ])
    expect(outcomeCells(answeredWith({ id: '1' }, '{"answer":7}'), named)[0]?.slice(0, 4)).toEqual([
      ...['1', '{"answer":7}', '', '7'],
    ])
  })

  it('have further marks where the name with a dot is taken too', () => {
    expect(answerColumns({ ...naming, columns: ['mood', 'response.mood', 'id'] })).toEqual([
      ...['response.mood_', 'people', 'response.id'],
    ])
  })

  it('that are no JSON after all stay as texts, and have no properties', () => {
    const both = { ...naming, columns: ['id'], shape: { ...shape, hasResponse: true } }
    expect(outcomeCells(answeredWith({ id: '1' }, 'no JSON'), both)).toEqual([
      ['1', 'no JSON', '', '', ''],
    ])
  })

  it('are the object itself in JSON, every digit kept', () => {
    expect(jsonOf(outcome, { ...naming, columns: ['id'] })).toBe(`{"id":"1","response":${text}}`)
  })

  it('keep their text in one column if the schema names no properties', () => {
    const list = { ...naming, columns: ['id'], shape: { ...shape, properties: [] } }
    expect(answerColumns(list)).toEqual(['response'])
    expect(outcomeCells(answeredWith({ id: '1' }, '```\n[1, 2]\n```'), list)).toEqual([
      ['1', '[1,2]'],
    ])
  })

  it('may have a row for each item, with the input’s columns repeated', () => {
    const exploded = { ...naming, columns: ['id'], shape: { ...shape, isExploded: true } }
    const several = answeredWith({ id: '1' }, '{"items":[{"mood":"good"},{"mood":"bad","id":2}]}')
    expect(outcomeCells(several, exploded)).toEqual([
      ['1', 'good', '', ''],
      ['1', 'bad', '', '2'],
    ])
    expect(outcomeCells(answeredWith({ id: '1' }, '{"items":[]}'), exploded)).toEqual([
      ['1', '', '', ''],
    ])
    expect(jsonOf(several, exploded)).toBe(
      '{"id":"1","response":{"mood":"good"}},{"id":"1","response":{"mood":"bad","id":2}}',
    )
    expect(outcomeCells({ ...lost, row: row(1, { id: '2' }) }, exploded)).toEqual([
      ['2', '', '', ''],
    ])
  })
})
