import { readdir } from 'node:fs/promises'
import { useCommand } from '../support/use-command.js'

describe('llm batch, how a table is written', () => {
  const bench = useCommand()
  beforeEach(async () => {
    await bench.workdir.write('in.csv', 'name\nAda\n"Al,an"\n')
    bench.script.fault = (_number, text) =>
      text.includes('Al') ? { kind: 'answer', finishReason: 'content-filter' } : undefined
    bench.script.answer = () => 'a\nb'
  })
  const asked = 'batch in.csv -t {name} --model gpt-4o-mini --quiet'.split(' ')
  const batch = (flags: string) => bench.inProcess([...asked, ...flags.split(' ')])
  const resume = (flags: string) =>
    bench.inProcess(`batch in.csv --resume -q ${flags}`.trim().split(' '))

  it.each([
    ['--excel', '\ufeffname,response\r\nAda,"a\nb"\r\n"Al,an",\r\n'],
    ['--bom', '\ufeffname,response\nAda,"a\nb"\n"Al,an",\n'],
    ['--crlf', 'name,response\r\nAda,"a\nb"\r\n"Al,an",\r\n'],
    ['--excel --no-crlf', '\ufeffname,response\nAda,"a\nb"\n"Al,an",\n'],
  ])('writes a CSV with %s', async (flags, text) => {
    await batch(`${flags} --output out.csv`)

    expect(await bench.workdir.read('out.csv')).toBe(text)
  })

  it('says in a column of its own why a row failed', async () => {
    await batch('--error-column --usage-columns --output out.csv')
    await batch('--error-column=why --output out.tsv')

    expect(await bench.workdir.read('out.csv')).toMatch(
      /,duration_ms,error\nAda,.*\nb",.*,\n"Al,an",.*,"ANSWER_FILTERED: .+"\n$/,
    )
    expect(await bench.workdir.read('out.tsv')).toMatch(
      /^name\tresponse\twhy\nAda\t"a\nb"\t\nAl,an\t\tANSWER_FILTERED: .+\n$/,
    )
  })

  it('keeps the form of the output in a resumed batch, and drops it for another format', async () => {
    await batch('--excel --error-column --output out.csv --batch-id b --limit 1')
    bench.script.fault = () => undefined

    await resume('')
    await resume('--batch-id b --output out.json')

    expect(await bench.workdir.read('out.csv')).toBe(
      '\ufeffname,response,error\r\nAda,"a\nb",\r\n"Al,an","a\nb",\r\n',
    )
    expect(JSON.parse(await bench.workdir.read('out.json'))).toHaveLength(2)
    expect(bench.server.requestCount()).toBe(2)
  })

  it('takes - for standard output, also where a batch has an output of its own', async () => {
    const first = await bench.llm([...asked, ...'--output - --format csv --limit 1'.split(' ')])
    await batch('--output out.csv --limit 1 --batch-id b')
    const resumed = await resume('--batch-id b --output - --limit 1')

    expect(first.stdout).toBe('name,response\nAda,"a\nb"\n')
    expect(resumed.stdout).toBe('{"name":"Ada","response":"a\\nb"}\n')
    expect((await readdir(bench.workdir.path)).filter(name => name === '-')).toEqual([])
  })

  it.each([
    ['--excel --format jsonl', '--excel needs an output that is csv or tsv'],
    ['--bom --output out.json', '--bom needs an output that is csv or tsv'],
    ['--crlf', '--crlf needs an output that is csv or tsv'],
    ['--error-column --output out.jsonl', '--error-column needs an output that is csv or tsv'],
    ['--error-column=name --output out.csv', 'The input already has a column "name"'],
    ['--error-column=response --output out.csv', 'has the name of a column of the answers'],
    ['--error-column= --output out.csv --error-column=name', '--error-column=name_2'],
    ['--output ', '--output expects a PATH'],
  ])('refuses %s before the first call', async (flags, message) => {
    const { exitCode, stderr } = await batch(flags)

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(message),
    })
    expect(bench.server.requestCount()).toBe(0)
    expect((await readdir(bench.workdir.path)).filter(name => name.startsWith('out'))).toEqual([])
  })
})
