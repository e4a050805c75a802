import { type FileServer, startFileServer } from '../support/file-server.js'
import { peakMb, sayingPeak } from '../support/peak-memory.js'
import { queryDatabase } from '../support/query-database.js'
import { range } from '../support/rows.js'
import { userPathOf } from '../support/run-command.js'
import { sha256, smallFiles } from '../support/small-files.js'
import { useCommand } from '../support/use-command.js'

const base = ['-m', 'gpt-4o-mini', '-O', 'out.csv', '--batch-id', 'b', '--concurrency', '4']

describe('llm batch with attachments', () => {
  const bench = useCommand()

  beforeEach(async () => {
    const { workdir } = bench
    await workdir.write('logo.png', smallFiles.png)
    await workdir.write('photos/one.jpg', smallFiles.jpeg)
    await workdir.write('photos/two.pdf', smallFiles.pdf)
    await workdir.write('photos/in.csv', 'file,prompt\none.jpg,A\n"one.jpg\ntwo.pdf",B\n,C\n')
  })

  const input = (...words: string[]) => ['batch', 'photos/in.csv', ...base, ...words]
  /** What was sent with each prompt: the data URLs, by the text. */
  const sent = () =>
    Object.fromEntries(
      bench.server.requests.map(({ text, body }) => {
        const { content } = body.messages.at(-1)
        const parts = typeof content === 'string' ? [] : content.slice(1)
        return [text, parts.map((part: any) => part.image_url?.url ?? part.file?.file_data)]
      }),
    )
  const inline = (type: string, bytes: Buffer) => `data:${type};base64,${bytes.toString('base64')}`
  const [logo, one, two] = [
    inline('image/png', smallFiles.png),
    inline('image/jpeg', smallFiles.jpeg),
    inline('application/pdf', smallFiles.pdf),
  ]
  const logged = (sql: string) => queryDatabase(`${userPathOf(bench.workdir.path)}/logs.db`, sql)

  it('sends those of every row, relative to the folder of the command, and those of each, relative to the input', async () => {
    const { exitCode, stderr } = await bench.inProcess(
      input('-a', 'logo.png', '--attachment-column', 'file'),
    )

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(sent()).toEqual({ A: [logo, one], B: [logo, one, two], C: [logo] })
  })

  it('takes a type that is said, and the attachments of a saved template', async () => {
    await bench.workdir.write('scan.bin', smallFiles.zip)
    await bench.workdir.write(
      'llm-user/templates/look.yaml',
      'prompt: Look\nattachments: [logo.png]\nattachment_types: [{type: image/gif, value: scan.bin}]\n',
    )
    await bench.workdir.write('in.txt', 'x\n')

    const { exitCode, stderr } = await bench.inProcess([
      ...['batch', 'in.txt', ...base, '-t', 'look', '--at', 'scan.bin', 'image/webp'],
    ])

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(Object.values(sent())).toEqual([
      [logo, inline('image/gif', smallFiles.zip), inline('image/webp', smallFiles.zip)],
    ])
  })

  it('keeps them where llm keeps them', async () => {
    await bench.inProcess(input('--attachment-column', 'file'))

    expect(await logged('SELECT * FROM attachments ORDER BY path')).toEqual([
      {
        ...{ id: sha256(smallFiles.jpeg), type: 'image/jpeg', url: null, content: null },
        path: bench.workdir.join('photos/one.jpg'),
      },
      {
        ...{ id: sha256(smallFiles.pdf), type: 'application/pdf', url: null, content: null },
        path: bench.workdir.join('photos/two.pdf'),
      },
    ])
    expect(await logged('SELECT count(*) AS n FROM part_attachments')).toEqual([{ n: 3 }])
  })

  it('fails the row of a missing or wrong one, names it, and asks the others', async () => {
    await bench.workdir.write('photos/in.csv', 'file,prompt\nnone.png,A\nin.csv,B\none.jpg,C\n')

    const { exitCode, stderr } = await bench.inProcess(input('--attachment-column', 'file'))

    expect(exitCode).toBe(1)
    expect(stderr).toContain('photos/none.png was not found: there is no such file (row 1)')
    expect(stderr).toContain('gpt-4o-mini does not take the attachment')
    expect(stderr).toContain('photos/in.csv of type text/csv (row 2)')
    expect(await bench.workdir.read('out.csv')).toMatch(
      /none\.png,A,\nin\.csv,B,\none\.jpg,C,Answer/,
    )
    expect(bench.server.requestCount()).toBe(1)
  })

  it('asks only the changed row after --resume, from another folder', async () => {
    const words = input('-a', 'logo.png', '--attachment-column', 'file')
    expect((await bench.inProcess(words)).exitCode).toBe(0)
    await bench.workdir.write('photos/two.pdf', `${smallFiles.pdf}another`)

    const resumed = await bench.shell('cd photos && llm batch in.csv --resume')

    expect(resumed).toMatchObject({ exitCode: 0 })
    expect(resumed.stderr).toContain('3 answered (2 by earlier runs)')
    expect(Object.fromEntries(bench.server.calls)).toEqual({ A: 1, B: 2, C: 1 })
  })

  it('refuses to resume with another attachment for every row', async () => {
    await bench.inProcess(input('-a', 'logo.png'))
    await bench.workdir.write('logo.png', smallFiles.jpeg)

    const { exitCode, stderr } = await bench.inProcess(['batch', 'photos/in.csv', '--resume'])

    expect(exitCode).toBe(2)
    expect(stderr).toContain('started with another attachment')
    expect(stderr).toContain('Leave --attachment unchanged')
  })

  it.each<[what: string, words: readonly string[], message: string, remedy: string]>([
    [
      'a missing file for every row',
      ['-a', 'none.png'],
      'none.png was not found: there is no such file',
      'Correct the path or the URL.',
    ],
    [
      'a type that the model does not take',
      ['--at', 'logo.png', 'audio/wav'],
      'gpt-4o-mini does not take the attachment',
      'The model takes: image/png',
    ],
    [
      'a file that is too large',
      ['-a', 'large.png', '--max-attachment', '1'],
      'large.png has more than 1 MB',
      '--max-attachment MB',
    ],
    [
      'a column that is none',
      ['--attachment-column', 'fill'],
      '--attachment-column names no column of the input: fill',
      'The columns are: file, prompt. Did you mean file?',
    ],
    [
      'a local URL',
      ['-a', 'http://127.0.0.1/a.png'],
      'is at a local or private address (127.0.0.1)',
      '--allow-local-urls',
    ],
    [
      'standard input',
      ['-a', '-'],
      'Standard input (-) cannot be an attachment',
      'Save it as a file',
    ],
    [
      'a model that reads text only',
      ['-a', 'logo.png', '-m', 'gpt-3.5-turbo-instruct'],
      'gpt-3.5-turbo-instruct takes no attachments: the old completions endpoint takes text only',
      'use another model',
    ],
  ])('refuses %s before the run', async (_what, words, message, remedy) => {
    await bench.workdir.write('large.png', Buffer.alloc(1_000_001))

    const { exitCode, stderr } = await bench.inProcess(input(...words))

    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^Error: /)
    expect(stderr).toContain(message)
    expect(stderr).toContain(remedy)
    expect(bench.server.requestCount()).toBe(0)
  })

  it('fails a row that gives its messages itself, and refuses lines that are asked as they stand', async () => {
    const messages = JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] })
    await bench.workdir.write('in.jsonl', `${messages}\n`)
    const line = { custom_id: '1', method: 'POST', url: '/v1/chat/completions', body: {} }
    await bench.workdir.write('lines.jsonl', `${JSON.stringify(line)}\n`)

    const row = await bench.inProcess(['batch', 'in.jsonl', ...base, '-a', 'logo.png'])
    const lines = await bench.inProcess(['batch', 'lines.jsonl', '-m', 'gpt-4o', '-a', 'logo.png'])

    expect(row.exitCode).toBe(1)
    expect(row.stderr).toContain('messages are asked as they stand')
    expect(lines.exitCode).toBe(2)
    expect(lines.stderr).toContain('--attachment would change them')
    expect(bench.server.requestCount()).toBe(0)
  })

  it('names them in a dry run, and reads and asks no more than that', async () => {
    const { stdout } = await bench.inProcess(
      input('-a', 'logo.png', '--attachment-column', 'file', '--dry-run'),
    )

    expect(stdout).toContain(
      `attachments  ${bench.workdir.join('logo.png')} (image/png, 1 KB), column file; 64 MB in flight at most`,
    )
    expect(stdout).toContain(
      `Attachments:\n    ${bench.workdir.join('logo.png')} (image/png, 1 KB)`,
    )
    expect(bench.server.requestCount()).toBe(0)
  })

  it('counts them in an estimate, and says that they are guessed', async () => {
    const words = input('-a', 'logo.png', '--attachment-column', 'file', '--estimate-cost')

    const { stdout } = await bench.inProcess(words)

    // Five images of 1000 tokens and a page of 2500, besides three short texts.
    expect(stdout).toContain('Estimated tokens: 7,524 input')
    expect(stdout).toContain('attachments are guessed by their types and sizes')
  })

  describe('from a server', () => {
    let files: FileServer
    beforeEach(async () => {
      files = await startFileServer({ content: smallFiles.png, type: 'image/png' })
    })
    afterEach(() => files.close())

    it('fetches a local URL only with --allow-local-urls, and sends its bytes', async () => {
      await bench.workdir.write('photos/in.csv', `file,prompt\n${files.origin}/x.png,A\n`)

      const refused = await bench.inProcess(input('--attachment-column', 'file'))
      expect(refused.exitCode).toBe(1)
      expect(refused.stderr).toContain(`${files.origin}/x.png is at a local or private address`)
      expect(files.requests).toEqual([])
      const allowed = await bench.inProcess([
        ...input('--attachment-column', 'file', '--allow-local-urls', '--resume'),
      ])

      expect(allowed).toMatchObject({ exitCode: 0 })
      expect(sent()).toEqual({ A: [logo] })
      expect(await logged('SELECT url, path FROM attachments')).toEqual([
        { url: `${files.origin}/x.png`, path: null },
      ])
    })

    it('passes a public URL on to a provider that fetches it, untouched', async () => {
      const url = 'https://example.com/b.png'

      const { exitCode } = await bench.inProcess(input('--at', url, 'image/png'))

      expect(exitCode).toBe(0)
      expect(sent()).toEqual({ A: [url], B: [url], C: [url] })
    })
  })

  it('holds no more calls at once than there is room for their bytes, and says so', async () => {
    const count = 30
    const large = Buffer.concat([smallFiles.png, Buffer.alloc(5_000_000)])
    for (const index of range(20)) {
      await bench.workdir.write(`photos/${index}.png`, Buffer.concat([large, Buffer.from([index])]))
    }
    const rows = range(count).map(index => `${index % 20}.png,Q${index}\n`)
    await bench.workdir.write('photos/in.csv', `file,prompt\n${rows.join('')}`)
    bench.server.hold()

    const running = bench.start(
      [
        ...['batch', 'photos/in.csv', '-m', 'gpt-4o-mini', '-O', 'out.csv', '--concurrency', '100'],
        ...['--attachment-column', 'file', '--batch-id', 'b'],
      ],
      { env: sayingPeak() },
    )
    // 64 MB ÷ 6.7 MB
    await bench.server.arrived(9)
    const status = await untilHeld()
    expect(status).toContain('held by the room for attachments')
    expect(bench.server.inFlight()).toBe(9)
    bench.server.release()
    const { exitCode, stderr } = await running.result

    expect(exitCode).toBe(0)
    expect(bench.server.requestCount()).toBe(count)
    expect(bench.server.peakInFlight()).toBe(9)
    // A hundred bodies of 6.7 MB are 670 MB.
    expect(peakMb(stderr)).toBeLessThan(420)
  }, 600_000)

  /** The status, once the running batch has said what holds it. */
  async function untilHeld(): Promise<string> {
    for (;;) {
      const { stdout } = await bench.inProcess(['batch', 'status', 'b'])
      if (stdout.includes('held by')) return stdout
    }
  }
})
