import fc from 'fast-check'
import type { Row } from '../../lib/row/row.js'
import { outcomeCells, outcomeFields } from '../../lib/sink/document/outcome-columns.js'
import { writeCsv } from '../../lib/sink/document/write-csv.js'
import { writeJson } from '../../lib/sink/document/write-json.js'
import { writeJsonl } from '../../lib/sink/document/write-jsonl.js'
import { readJson } from '../../lib/source/json/read-json.js'
import { readJsonl } from '../../lib/source/json/read-jsonl.js'
import { readCsv } from '../../lib/source/table/read-csv.js'
import { cutBytes, readRecords } from '../source/read-records.js'
import { anyCharacter } from '../support/any-character.js'
import { objectText } from '../support/json-text.js'
import { answered } from '../support/rows.js'
import { useBatch } from '../support/use-batch.js'

const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 })
const answer = (row: Row) => ({ ...answered(row.index, 'yes'), row })

describe('what is read and written again', () => {
  const bench = useBatch()

  it.each([
    ['JSON', readJson, (rows: readonly string[]) => `[${rows.join(' ,\n')}]`],
    ['JSONL', readJsonl, (rows: readonly string[]) => rows.join('\n')],
  ])('keeps every number and every key of %s, in JSON and in JSONL', async (_name, read, write) => {
    const texts = fc.array(objectText(), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(texts, pieces, async (rows, lengths) => {
        const bytes = cutBytes(Buffer.from(write(rows)), lengths)
        const { records, columns = [], error } = await readRecords(read(), bytes)
        expect(error).toBeUndefined()
        const naming = { columns, responseColumn: 'response' }
        const answers = rows.map(text =>
          text === '{}' ? '{"response":"yes"}' : text.replace(/\}$/, ',"response":"yes"}'),
        )
        for (const document of [writeJson, writeJsonl]) {
          const { textOf } = document(answer => outcomeFields(answer as never, naming))
          expect(records.map(row => textOf(answer(row)).trimEnd())).toEqual(answers)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('keeps every cell of CSV', async () => {
    // A byte order mark at the start of a line is skipped.
    const cell = fc.oneof(
      fc
        .string({ unit: anyCharacter })
        .filter(text => text.isWellFormed() && !/\0|^\uFEFF/.test(text)),
      fc.constantFrom('', '1.10', '007', ' a ', '"', ',', 'a\r\nb', '\n', '=1+1', '1e5'),
    )
    const header = fc.uniqueArray(fc.constantFrom('a', 'b', '10', '2', 'c d', '0'), {
      minLength: 2,
    })
    const tables = header.chain(names =>
      fc.tuple(
        fc.constant(names),
        fc.array(fc.array(cell, { minLength: names.length, maxLength: names.length })),
      ),
    )
    const quoted = (cells: readonly string[]) =>
      cells.map(text => `"${text.replaceAll('"', '""')}"`).join(',')
    await fc.assert(
      fc.asyncProperty(tables, pieces, async ([names, rows], lengths) => {
        const text = [names, ...rows].map(quoted).join('\n')
        const bytes = cutBytes(Buffer.from(text), lengths)
        const { records, columns = [] } = await readRecords(readCsv(), bytes)
        expect(columns).toEqual(names)
        const naming = { columns, responseColumn: 'response' }
        const { textOf } = writeCsv({ delimiter: ',' }, [...columns, 'response'], answer =>
          outcomeCells(answer as never, naming),
        )
        const written = `${quoted([...names, 'response'])}\n${records.map(row => textOf(answer(row))).join('')}`
        const again = await readRecords(readCsv(), [Buffer.from(written)])
        expect(again.records.map(row => names.map(name => row.columns[name]))).toEqual(rows)
        // JSON has the columns in the order of the header, also those that are numbers.
        const fields = records.map(row => outcomeFields(answer(row), naming)[0] ?? [])
        for (const row of fields) expect(row.map(([name]) => name)).toEqual([...names, 'response'])
      }),
      { numRuns: 200 },
    )
  })

  it('asks with numbers as they are written, and writes them so into every output', async () => {
    const rows = ['{"b":1.10,"10":2.0,"2":{"d":1e5,"c":[0.30]}}', '{"2":3,"10":1.50,"b":-0}']
    const input = await bench.workdir.write('in.jsonl', rows.join('\n'))
    const template = '{b} {10} {2}'

    for (const format of ['csv', 'tsv', 'json', 'jsonl'] as const) {
      const output = bench.workdir.join(`out.${format}`)
      await bench.run({ input, output, template, model: 'echo' })
    }

    const first = '1.10 2.0 {"d":1e5,"c":[0.30]}'
    expect(await bench.workdir.read('out.jsonl')).toBe(
      `${rows[0]?.replace(/}$/, '')},"response":${JSON.stringify(first)}}\n` +
        '{"2":3,"10":1.50,"b":-0,"response":"-0 1.50 3"}\n',
    )
    const json = await bench.workdir.read('out.json')
    expect(json).toContain('"2":{"d":1e5,"c":[0.30]}')
    expect(await bench.workdir.read('out.csv')).toBe(
      'b,10,2,response\n' +
        '1.10,2.0,"{""d"":1e5,""c"":[0.30]}","1.10 2.0 {""d"":1e5,""c"":[0.30]}"\n' +
        '-0,1.50,3,-0 1.50 3\n',
    )
    expect(await bench.workdir.read('out.tsv')).toContain('-0\t1.50\t3\t-0 1.50 3')
  })
})
