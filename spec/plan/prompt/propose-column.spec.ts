import { longestColumn } from '../../../lib/plan/prompt/propose-column.js'
import { useBatch } from '../../support/use-batch.js'

describe('longestColumn', () => {
  const rows = [
    {
      review_id: 'a very long name of a review indeed, longer than all',
      sku: 'f3b1c7d2-8a6e-4c5d-9b0a-1e2f3a4b5c6d',
      text: 'Nice, thanks',
      stars: 5,
    },
  ].map((columns, index) => ({ kind: 'row' as const, index, columns }))

  it('is the one with the longest texts, never an id', () => {
    expect(longestColumn(['review_id', 'sku', 'text', 'stars'], rows)).toBe('text')
  })

  it.each([
    [['id', 'name'], 'name'],
    [['customerId', 'comment'], 'comment'],
    [['Order No', 'remark'], 'remark'],
    [['id'], 'id'],
    [['uuid', 'valid'], 'valid'],
  ])('goes by the names if no row was seen: %j', (columns, name) => {
    expect(longestColumn(columns, [])).toBe(name)
  })
})

describe('a batch without a template', () => {
  const bench = useBatch()

  it('is refused with an example for the column that a person means', async () => {
    const input = await bench.workdir.write(
      'in.csv',
      'customer_id,when,review_text\n1001,2024-01-01,Works as it should\n"broken, row\n',
    )

    await expect(bench.run({ input })).rejects.toMatchObject({
      code: 'COLUMN_MISSING',
      remedy: expect.stringContaining('--template "Summarize: {review_text}"'),
    })
    expect(bench.server.requestCount()).toBe(0)
  })

  it('still asks the messages of rows of JSON', async () => {
    const messages = [{ role: 'user', content: 'Hi' }]
    const input = await bench.workdir.write('in.jsonl', `${JSON.stringify({ id: 1, messages })}\n`)

    expect(await bench.run({ input })).toMatchObject({ tally: { answered: 1 } })
  })
})
