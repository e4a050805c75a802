import { readdir } from 'node:fs/promises'
import { useCommand } from '../support/use-command.js'

const template = ['--template', 'Sum up: {name}']

describe('llm batch, asked wrongly', () => {
  const bench = useCommand()

  async function refused(args: readonly string[]): Promise<string> {
    const before = await readdir(bench.workdir.path)
    const { exitCode, stdout, stderr } = await bench.inProcess(args)
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^Error: /)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(bench.server.requestCount()).toBe(0)
    const left = (await readdir(bench.workdir.path)).filter(name => !before.includes(name))
    expect(left.filter(name => name !== 'llm-user')).toEqual([])
    return stderr
  }

  it('names the input that is not there', async () => {
    expect(await refused(['batch', 'missing.csv', '--output', 'out.csv', ...template])).toMatch(
      /^Error: Input file not found: missing\.csv\n\S.+\n$/,
    )
  })

  it('says that standard input is a folder', async () => {
    const refused = await bench.shell("llm batch - --template '{prompt}' < .")

    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain('Error: Standard input is a folder, not a file')
  })

  it('names the column that the template asks for, the columns there are and the nearest', async () => {
    await bench.workdir.write('in.csv', 'name,age\nAda,36\n')

    const stderr = await refused(['batch', 'in.csv', '--template', '{nmae}', '--output', 'o.csv'])

    expect(stderr).toContain('Error: Template variable not found: {nmae}')
    expect(stderr).toMatch(/name, age/)
    expect(stderr).toMatch(/did you mean \{?name\}?/i)
  })

  it('names a field that the cells of a table do not have, and takes it for a column of that name', async () => {
    await bench.workdir.write('in.csv', 'customer\n"{""plan"": ""pro""}"\n')
    await bench.workdir.write('dotted.csv', 'customer,customer.plan\nAda,pro\n')
    const asked = ['--template', 'For {customer.plan}', '--output', 'o.csv']

    const stderr = await refused(['batch', 'in.csv', ...asked])
    const taken = await bench.inProcess(['batch', 'dotted.csv', ...asked])

    expect(stderr).toContain('Error: Template variable not found: {customer.plan}')
    expect(stderr).toContain('A cell of a table has no fields: ask for {customer}')
    expect(taken).toMatchObject({ exitCode: 0 })
    expect(await bench.workdir.read('o.csv')).toContain('Ada,pro,Answer to: For pro')
  })

  it('asks for a template when a table has no column named prompt', async () => {
    await bench.workdir.write('in.csv', 'name,age\nAda,36\n')

    const stderr = await refused(['batch', 'in.csv', '--output', 'o.csv'])

    expect(stderr).toContain('--template')
    expect(stderr).toMatch(/name, age/)
  })

  it('never writes over an output that is there', async () => {
    await bench.workdir.write('in.csv', 'name\nAda\n')
    await bench.workdir.write('out.csv', 'precious\n')

    const stderr = await refused(['batch', 'in.csv', '--output', 'out.csv', ...template])

    expect(stderr).toContain('out.csv')
    expect(stderr).toContain('--overwrite')
    expect(await bench.workdir.read('out.csv')).toBe('precious\n')
  })

  it('never writes over its own input, not even with --overwrite', async () => {
    await bench.workdir.write('in.csv', 'name\nAda\n')

    await refused(['batch', 'in.csv', '--output', './in.csv', '--overwrite', ...template])

    expect(await bench.workdir.read('in.csv')).toBe('name\nAda\n')
  })

  it('names the folder of an output that cannot be written', async () => {
    await bench.workdir.write('in.csv', 'name\nAda\n')

    const stderr = await refused(['batch', 'in.csv', '--output', 'no/such/out.csv', ...template])

    expect(stderr).toContain('no/such')
  })

  it.each([
    ['an input of unknown format', ['batch', 'in.pdf', '--output', 'o.csv', '-t', 'x'], /pdf/],
    ['an output of unknown format', ['batch', 'in.csv', '--output', 'o.docx', ...template], /docx/],
    ['a --format that is none', ['batch', 'in.csv', '--format', 'yaml', ...template], /yaml/],
    ['text that is not UTF-8', ['batch', 'latin1.txt', '--output', 'o.csv'], /UTF-8/],
    [
      'JSON broken from the start, with its place',
      ['batch', 'broken.json', '--output', 'o.csv', ...template],
      /line 2, column \d+/i,
    ],
    [
      'a header with a name twice',
      ['batch', 'twice.csv', '-t', '{a}'],
      /more than one column with the name: a/,
    ],
  ])('refuses %s', async (_what, args, said) => {
    await bench.workdir.write('in.pdf', '%PDF-1.7\n')
    await bench.workdir.write('in.csv', 'name\nAda\n')
    await bench.workdir.write('latin1.txt', Buffer.from('caf\xe9\n', 'latin1'))
    await bench.workdir.write('broken.json', '[\n{"name": oops}]')
    await bench.workdir.write('twice.csv', 'a,b,a\n1,2,3\n')

    expect(await refused(args)).toMatch(said)
  })

  it.each([
    ['an unknown option, naming the nearest', ['--tempalte', 'x'], /--tempalte.*--template/s],
    ['an option without its value', ['--template'], /--template/],
    ['a concurrency of none', ['--concurrency', '0'], /concurrency/],
    ['a concurrency that is no number', ['--concurrency', 'many'], /or more, or auto, got "many"/],
    ['a concurrency that is nearly auto', ['--concurrency', 'Auto '], /or auto, got "Auto "/],
    ['a negative rate limit', ['--rate-limit', '-5'], /rate.limit/i],
    ['a token limit of none', ['--token-limit', '0'], /--token-limit expects a number more than 0/],
    ['a negative token limit', ['--token-limit', '-5'], /token.limit/i],
    ['a token limit that is no number', ['--token-limit', '1e5'], /--token-limit.*1e5/],
    ['a second input', ['more.csv'], /more\.csv/],
    [
      'an unknown model, naming the nearest',
      ['--model', 'gpt-4o-mimi'],
      /gpt-4o-mimi.*gpt-4o-mini/s,
    ],
    ['an unknown provider', ['--model', 'opnai/gpt-4o'], /opnai/],
    ['an unknown option of the model', ['-o', 'temprature', '1'], /temprature.*temperature/s],
    ['a wrong value of an option of the model', ['-o', 'temperature', 'hot'], /temperature/],
  ])('refuses %s', async (_what, args, said) => {
    await bench.workdir.write('in.csv', 'name,prompt\nAda,Hi\n')

    expect(await refused(['batch', 'in.csv', '--output', 'out.csv', ...args])).toMatch(said)
  })

  it('names the nearest command for an unknown one', async () => {
    const { exitCode, stderr } = await bench.inProcess(['bacth', 'in.csv'])

    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^Error: .*bacth/)
    expect(stderr).toMatch(/batch/)
  })

  it('says how to store a key that is missing', async () => {
    await bench.workdir.write('in.txt', 'a\n')

    const { exitCode, stderr } = await bench.inProcess(['batch', 'in.txt', '--output', 'o.csv'], {
      env: { OPENAI_API_KEY: '' },
    })

    expect(exitCode).toBe(2)
    expect(stderr).toContain('llm keys set openai')
    expect(stderr).toContain('OPENAI_API_KEY')
    expect(bench.server.requestCount()).toBe(0)
  })

  it('names file, line and the right spelling for a misspelt key of the configuration', async () => {
    await bench.workdir.write('in.txt', 'a\n')
    await bench.workdir.write('.llm/batch-config.yaml', 'defaults:\n  concurency: 3\n')

    const stderr = await refused(['batch', 'in.txt', '--model', 'echo', '--output', 'o.csv'])

    expect(stderr).toMatch(/batch-config\.yaml.*line 2|batch-config\.yaml:2/)
    expect(stderr).toMatch(/concurency.*concurrency/s)
  })

  it('prints a stack only when asked to with LLM_RAISE_ERRORS', async () => {
    const { stderr } = await bench.inProcess(['batch', 'missing.csv'], {
      env: { LLM_RAISE_ERRORS: '1' },
    })

    expect(stderr).toMatch(/^\s+at /m)
  })
})
