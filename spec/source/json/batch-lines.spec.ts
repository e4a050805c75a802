import { Readable } from 'node:stream'
import type { SourceRecord } from '../../../lib/row/outcome.js'
import type { Columns } from '../../../lib/row/row.js'
import { batchLines, isBatchLine } from '../../../lib/source/json/batch-lines.js'
import { type OpenSourceOptions, openSource } from '../../../lib/source/open-source.js'

const line = (custom_id: unknown, changes = {}): any => ({
  ...{ custom_id, method: 'POST', url: '/v1/chat/completions' },
  body: { model: 'm', messages: [] },
  ...changes,
})
const rowOf = (columns: Columns, index: number) =>
  ({ kind: 'row', index, columns, line: index + 1 }) as const

describe('batchLines', () => {
  it.each([
    [line(7), 'custom_id is not a text'],
    [line(''), 'custom_id is not a text'],
    [line('a', { method: 'GET' }), 'method is "GET", and only POST asks a model'],
    [line('a', { method: undefined }), 'method is missing'],
    [line('a', { url: 3n }), 'url is not a text'],
    [line('a', { body: [] }), 'body is not an object'],
    [line('a', { body: null }), 'body is not an object'],
  ])('fails %j, with its line, and keeps what could be read', (columns, fault) => {
    const record = batchLines()(rowOf(columns, 4))

    expect(record).toMatchObject({
      kind: 'failed',
      row: { index: 4, columns },
      error: { code: 'RECORD_INVALID', message: expect.stringContaining(`Line 5: ${fault}`) },
    })
  })

  it('fails the second line with one id, and names the first', () => {
    const check = batchLines()
    const [first, second, third] = [line('a'), line('b'), line('a')].map((columns, index) =>
      check(rowOf(columns, index)),
    )

    expect([first, second]).toMatchObject([{ kind: 'row' }, { kind: 'row' }])
    expect((third as any).error.message).toBe('Line 3: custom_id "a" is already that of line 1')
  })

  it('remembers 200,000 ids, so that memory has a bound', () => {
    const check = batchLines()
    for (let index = 0; index < 200_001; index += 1) check(rowOf(line(`id ${index}`), index))

    expect(check(rowOf(line('id 199999'), 200_001)).kind).toBe('failed')
    expect(check(rowOf(line('id 200000'), 200_002)).kind).toBe('row')
  })
})

describe('isBatchLine', () => {
  it('goes by the four members of a line', () => {
    expect(isBatchLine(line('a', { more: 1 }))).toBe(true)
    expect(isBatchLine({ custom_id: 'a', url: '/v1', body: {} })).toBe(false)
  })
})

describe('openSource, with lines of an OpenAI batch', () => {
  async function read(lines: readonly unknown[], options: Partial<OpenSourceOptions>) {
    const text = lines.map(one => `${JSON.stringify(one)}\n`).join('')
    const stdin = Readable.from([Buffer.from(text)])
    const source = await openSource({ path: '-', stdin, ...options })
    const groups = (await source.rows.toArray()) as (readonly SourceRecord[])[]
    return { source, kinds: groups.flat().map(({ kind }) => kind) }
  }
  const lines = [line('a'), line('a'), { id: 1 }]

  it('recognises them by the first row, where that is asked for', async () => {
    const { source, kinds } = await read(lines, { findsBatchLines: true })

    expect(source).toMatchObject({ format: 'openai-batch', isColumnsFixed: false })
    expect(source.firstLine).toEqual(lines[0])
    expect(source.columns).toEqual(['custom_id', 'method', 'url', 'body'])
    expect(kinds).toEqual(['row', 'failed', 'failed'])
  })

  it.each<[Partial<OpenSourceOptions>, readonly unknown[]]>([
    [{}, lines],
    [{ findsBatchLines: true }, [{ id: 1 }, ...lines]],
  ])('reads rows of JSONL otherwise', async (options, given) => {
    const { source, kinds } = await read(given, options)

    expect(source.format).toBe('jsonl')
    expect(source.firstLine).toBeUndefined()
    expect(new Set(kinds)).toEqual(new Set(['row']))
  })

  it('checks every line if the format is given', async () => {
    const { source, kinds } = await read([{ id: 1 }, line('a')], { format: 'openai-batch' })

    expect(source.format).toBe('openai-batch')
    expect(kinds).toEqual(['failed', 'row'])
  })
})
