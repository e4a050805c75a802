import { useCommand } from '../support/use-command.js'

/** Of which 2500 come in several pieces. */
const row = `a row ${'of some words '.repeat(5)}\n`

describe('llm batch, on an input that breaks', () => {
  const bench = useCommand()

  it('fails the one row of a CSV that has too many fields, names its line, and goes on', async () => {
    await bench.workdir.write('in.csv', 'id,prompt\n1,a\n2,b,c\n3,d\n')

    const { exitCode, stderr } = await bench.inProcess('batch in.csv --output out.jsonl'.split(' '))

    expect(exitCode).toBe(1)
    const rows = (await bench.workdir.read('out.jsonl'))
      .trimEnd()
      .split('\n')
      .map(json => JSON.parse(json))
    expect(rows.map(row => row.response)).toEqual(['Answer to: a', null, 'Answer to: d'])
    expect(rows[1].error.message).toMatch(/line 3/i)
    expect(stderr).toMatch(/line 3/i)
  })

  it('fails the one bad line of JSONL, names it, and goes on', async () => {
    await bench.workdir.write('in.jsonl', '{"prompt":"a"}\n{"prompt":\n"b"\n42\n')

    const { exitCode } = await bench.inProcess('batch in.jsonl --output out.jsonl'.split(' '))

    expect(exitCode).toBe(1)
    const rows = (await bench.workdir.read('out.jsonl'))
      .trimEnd()
      .split('\n')
      .map(json => JSON.parse(json))
    expect(rows.map(row => row.response)).toEqual(['Answer to: a', null, 'Answer to: b', null])
    expect(rows[1].error.message).toMatch(/line 2/i)
    expect(rows[3].error.message).toMatch(/line 4/i)
  })

  it.each([
    ['in.json', `[${rowsOfJson(2000)},\n{"prompt": oops}]`, /line 2/i],
    ['in.csv', `prompt\n${row.repeat(2500)}"never closed\n`, /line 2502/i],
    ['in.txt', Buffer.concat([Buffer.from(row.repeat(2500)), Buffer.from([0xff, 10])]), /UTF-8/],
  ])(
    'ends with exit 3 where %s breaks, with all answers before in a valid output',
    async (name, text, said) => {
      await bench.workdir.write(name, text)

      const { exitCode, stderr } = await bench.llm([
        'batch',
        name,
        '--output',
        'out.json',
        '--model',
        'echo',
        '--no-log',
      ])

      expect(exitCode).toBe(3)
      expect(stderr).toMatch(said)
      expect(stderr).not.toMatch(/^\s+at /m)
      const rows = JSON.parse(await bench.workdir.read('out.json'))
      expect(rows.length).toBeGreaterThanOrEqual(2000)
      expect(rows.every((row: { response: string }) => row.response.startsWith('a row'))).toBe(true)
    },
  )

  it('refuses a field over 16 MB', async () => {
    await bench.workdir.write('in.csv', `prompt\nsmall\n${'x'.repeat(17 << 20)}\n`)

    const { exitCode, stderr } = await bench.inProcess('batch in.csv --output out.csv'.split(' '))

    expect([1, 2, 3]).toContain(exitCode)
    expect(stderr).toMatch(/16 M/)
    expect(stderr).toMatch(/line 3/i)
  })
})

function rowsOfJson(count: number): string {
  return Array.from({ length: count }, (_, index) => `{"prompt":"a row ${index}"}`).join(',')
}
