import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { queryDatabase } from '../support/query-database.js'
import { useCommand } from '../support/use-command.js'

const table = 'name,city\nAda,Rome\nAlan,Oslo\n'

describe('-p, values for names that are not columns', () => {
  const bench = useCommand()
  const asked = () => bench.server.requests.map(({ body }) => (body as any).messages.at(-1).content)
  const batch = (...words: readonly string[]) =>
    bench.inProcess(['batch', 'in.csv', '--model', 'gpt-4o-mini', '--output', 'out.csv', ...words])

  beforeEach(async () => {
    await bench.workdir.write('in.csv', table)
    await bench.workdir.write(
      'llm-user/templates/greet.yaml',
      'prompt: Greet $name in $language, $mood\nsystem: "Speak $language"\ndefaults: { mood: kindly }\n',
    )
  })

  it.each([
    [['-t', 'greet'], 'Template variable not found: $language.'],
    [['-t', 'greet', '-p', 'langage', 'French'], '-p langage is not asked for by the template'],
    [['-t', 'greet', '-p', 'name', 'Eve'], '-p name cannot be set: name is a column of the input'],
    [['-t', 'greet', '-p', 'input', 'x'], "-p input cannot be set: input is the row's own prompt"],
    [['-t', 'Hi {name}', '-p', 'x', 'y'], '-p x is not asked for by the template'],
    [['-t', 'greet', '-p', 'language'], '-p expects a KEY and a VALUE, as two words.'],
  ])('refuses %j before the first call', async (words, message) => {
    const { exitCode, stderr } = await batch(...words)

    expect({ exitCode, first: stderr.split('\n')[0] }).toEqual({
      exitCode: 2,
      first: expect.stringContaining(message),
    })
    expect(bench.server.requestCount()).toBe(0)
  })

  it('names the nearest name of the template', async () => {
    const { stderr } = await batch('-t', 'greet', '-p', 'langage', 'French')

    expect(stderr).toContain('Did you mean -p language?')
  })

  it('fills the template and its system prompt, before its defaults', async () => {
    const result = await batch(
      '-t',
      'greet',
      '-p',
      'language',
      'French $x',
      '-p',
      'mood',
      'gruffly',
    )

    expect(result.exitCode).toBe(0)
    expect(asked()).toEqual(['Greet Ada in French $x, gruffly', 'Greet Alan in French $x, gruffly'])
    const [{ body }] = bench.server.requests as any
    expect(body.messages[0]).toEqual({ role: 'system', content: 'Speak French $x' })
  })

  it('fills a template with braces too', async () => {
    await batch('-t', 'Greet {name} in {language}', '-p', 'language', '{city}')

    expect(asked()).toEqual(['Greet Ada in {city}', 'Greet Alan in {city}'])
  })

  it('is recorded with the batch: a resume takes it over, and refuses another value', async () => {
    await batch('-t', 'greet', '-p', 'language', 'French', '--limit', '1')
    const other = await batch('-t', 'greet', '-p', 'language', 'Dutch', '--resume')
    const resumed = await bench.inProcess(['batch', 'in.csv', '--resume'])

    expect(other).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/started with another param\nLeave --param unchanged/),
    })
    expect(resumed.exitCode).toBe(0)
    expect(asked()).toEqual(['Greet Ada in French, kindly', 'Greet Alan in French, kindly'])
  })
})

describe('-f and --sf, fragments', () => {
  const bench = useCommand()
  let pages: Server
  let page: string
  let fetches: number
  const url = () => `http://127.0.0.1:${(pages.address() as AddressInfo).port}/notes.txt`

  beforeEach(async () => {
    page = 'From a page'
    fetches = 0
    pages = createServer((_request, response) => {
      fetches += 1
      response.end(page)
    })
    await new Promise<void>(resolve => pages.listen(0, '127.0.0.1', resolve))
    await bench.workdir.write('in.csv', 'prompt\none\ntwo\n')
    await bench.workdir.write('rules.txt', 'Be brief.\r\n')
    await bench.inProcess(['fragments', 'set', 'docs', '-'], { stdin: 'The docs' })
  })
  afterEach(() => new Promise<void>(resolve => void pages.close(() => resolve())))

  const batch = (...words: readonly string[]) =>
    bench.inProcess(['batch', 'in.csv', '--model', 'gpt-4o-mini', '--output', 'out.csv', ...words])
  const messages = () => bench.server.requests.map(({ body }) => (body as any).messages)

  it.each([
    [['-f', 'dosc'], "Fragment 'dosc' not found", 'Did you mean docs?'],
    [['--sf', 'none.txt'], "Fragment 'none.txt' not found", 'Name a file, a URL, or an alias'],
    [['-f', 'github:x/y'], 'Unknown fragment prefix: github', "Only a plugin of Python's llm"],
    [['-f', '-'], 'Standard input cannot be a fragment of a batch', 'llm fragments set NAME -'],
    [['-f', 'http://127.0.0.1:1/x'], 'The fragment http://127.0.0.1:1/x could not be fetched', ''],
    [['-f', ''], '-f expects a NAME, got an empty text.', ''],
  ])('refuses %j before the first call', async (words, message, remedy) => {
    const { exitCode, stderr } = await batch(...words)

    expect(exitCode).toBe(2)
    expect(stderr).toContain(`Error: ${message}`)
    expect(stderr).toContain(remedy)
    expect(bench.server.requestCount()).toBe(0)
  })

  it('go before each prompt and the system prompt, after those of the template', async () => {
    const { exitCode } = await batch(
      ...['-t', '!fragment docs\nSay {prompt}', '-f', 'rules.txt', '--fragment', url()],
      ...['--sf', 'docs', '--system-fragment', 'rules.txt', '-s', ' Be kind. '],
    )

    expect(exitCode).toBe(0)
    expect(fetches).toBe(1)
    expect(messages()[1]).toEqual([
      { role: 'system', content: 'The docs\n\nBe brief.\n\nBe kind.' },
      { role: 'user', content: 'The docs\nBe brief.\n\nFrom a page\nSay two' },
    ])
  })

  it('are in llm’s log with their sources, those of the system prompt too', async () => {
    await batch('-f', 'docs', '-f', url(), '--sf', 'rules.txt', '--limit', '1')

    const path = bench.workdir.join('llm-user/logs.db')
    const rows = await queryDatabase(
      path,
      `SELECT kind, "order", content, source FROM turn_fragments
       JOIN fragments ON fragments.id = fragment_id ORDER BY kind, "order"`,
    )
    expect(rows).toEqual([
      { kind: 'prompt', order: 0, content: 'The docs', source: '-' },
      { kind: 'prompt', order: 1, content: 'From a page', source: url() },
      {
        kind: 'system',
        order: 0,
        content: 'Be brief.\n',
        source: bench.workdir.join('rules.txt'),
      },
    ])
  })

  it('of a resumed batch are those that it asked about, though the page has changed since', async () => {
    await batch('-f', url(), '-f', 'rules.txt', '--limit', '1')
    page = 'Another text'

    const resumed = await bench.shell(
      'mkdir elsewhere && cd elsewhere && llm batch ../in.csv --resume',
    )

    expect(resumed.exitCode).toBe(0)
    expect(messages().map(([{ content }]) => content)).toEqual([
      'From a page\nBe brief.\n\none',
      'From a page\nBe brief.\n\ntwo',
    ])
    expect(fetches).toBe(1)
  })
})

describe('-x and --xl, code blocks', () => {
  const bench = useCommand()
  const whole = 'Here:\n```sql\nselect 1\n```\nor\n```\nselect 2\n```\nDone.'
  const batch = (...words: readonly string[]) =>
    bench.inProcess([
      'batch',
      'in.csv',
      '--model',
      'gpt-4o-mini',
      '--output',
      'out.jsonl',
      ...words,
    ])
  const responses = async () => {
    const lines = (await bench.workdir.read('out.jsonl')).trim().split('\n')
    return lines.map(line => JSON.parse(line).response)
  }

  beforeEach(async () => {
    await bench.workdir.write('in.csv', 'prompt\none\nplain\n')
    bench.script.answer = text => (text === 'plain' ? 'No code.' : whole)
  })

  it.each([
    [['-x'], 'select 1\n'],
    [['--extract-last'], 'select 2\n'],
    [['-x', '--xl'], 'select 2\n'],
  ])(
    'write one block of each answer with %j, and the whole answer where there is none',
    async (words, block) => {
      await batch(...words)

      expect(await responses()).toEqual([block, 'No code.'])
      const path = bench.workdir.join('llm-user/logs.db')
      const recorded = await queryDatabase(
        path,
        'SELECT response FROM batch_rows ORDER BY row_index',
      )
      expect(recorded).toEqual([{ response: whole }, { response: 'No code.' }])
      expect(
        await queryDatabase(
          path,
          "SELECT count(*) AS n FROM turn_search WHERE response LIKE '%Done.'",
        ),
      ).toEqual([{ n: 1 }])
    },
  )

  it('write the same output after a resume, and another part of the same answers when that is asked', async () => {
    await batch('-x')
    const before = await bench.workdir.read('out.jsonl')
    const calls = bench.server.requestCount()

    await bench.inProcess(['batch', 'in.csv', '--resume'])
    expect(await bench.workdir.read('out.jsonl')).toBe(before)

    await bench.inProcess(['batch', 'in.csv', '--resume', '--xl'])
    expect(await responses()).toEqual(['select 2\n', 'No code.'])

    await bench.inProcess(['batch', 'in.csv', '--resume', '--no-extract'])
    expect(await responses()).toEqual([whole, 'No code.'])
    expect(bench.server.requestCount()).toBe(calls)
  })

  it('come from a saved template, unless the command says otherwise', async () => {
    await bench.workdir.write('llm-user/templates/sql.yaml', 'prompt: $input\nextract_last: true\n')

    await batch('-t', 'sql')
    expect(await responses()).toEqual(['select 2\n', 'No code.'])

    await batch('-t', 'sql', '--no-extract', '--overwrite')
    expect(await responses()).toEqual([whole, 'No code.'])
  })
})
