import { detectType } from '../../lib/attachment/detect-type.js'
import { runCommand, userPathOf } from '../support/run-command.js'
import { smallFiles } from '../support/small-files.js'
import { type StubServer, startStubServer } from '../support/stub-server.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { isPythonLlmThere, type PythonVersion, runPythonLlm } from './python-llm.js'

const describeWithPython = isPythonLlmThere || process.env.CI === 'true' ? describe : describe.skip

/** Files as programs write them, long enough for every way of looking at them. */
const files: Readonly<Record<string, Buffer>> = {
  'a.png': smallFiles.png,
  'a.jpg': smallFiles.jpeg,
  'a.gif': Buffer.from('GIF89a\x01\0\x01\0\x80\0\0', 'latin1'),
  'a.webp': Buffer.from('RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0', 'latin1'),
  'a.pdf': smallFiles.pdf,
  'a.wav': Buffer.from('RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0', 'latin1'),
  'a.mp3': smallFiles.mp3,
  'a.flac': Buffer.from('fLaC\0\0\0\x22', 'latin1'),
  'a.txt': smallFiles.text,
  'a.html': Buffer.from('<p>A page</p>\n'),
  'a.csv': Buffer.from('a,b\n1,2\n'),
}

describeWithPython('attachments, beside the real Python llm', () => {
  let workdir: Workdir
  let server: StubServer
  beforeEach(async () => {
    workdir = await makeWorkdir()
    server = await startStubServer({ isRecording: true })
    for (const [name, content] of Object.entries(files)) await workdir.write(name, content)
    await workdir.write('in.csv', 'file,prompt\na.png,One\n"a.jpg\na.pdf",Two\n,Three\n')
  })
  afterEach(async () => {
    await server.close()
    await workdir.remove()
  })

  const python = (version: PythonVersion, ...commands: (readonly string[])[]) =>
    runPythonLlm({ version, userPath: userPathOf(workdir.path), baseUrl: server.url }, commands)
  const batch = (...words: string[]) =>
    runCommand(['batch', 'in.csv', '-m', 'gpt-4o-mini', '-O', 'out.csv', ...words], {
      cwd: workdir.path,
      env: { ...server.environment, OPENAI_API_KEY: 'sk-spec' },
    })
  const attachmentsOf = (output = '') =>
    JSON.parse(output).map(({ prompt, attachments }: any) => [
      prompt,
      attachments.map(({ type, path }: any) => [type, path]),
    ])
  const expected = () => [
    ['One', [['image/png', workdir.join('a.png')]]],
    [
      'Two',
      [
        ['image/jpeg', workdir.join('a.jpg')],
        ['application/pdf', workdir.join('a.pdf')],
      ],
    ],
    ['Three', []],
  ]

  it('0.36 lists ours, finds every hash right, and continues a conversation with the image', async () => {
    const { exitCode, stderr } = await batch('--attachment-column', 'file')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })

    const [listed, verified, found] = await python(
      '0.36',
      ['logs', 'list', '--json', '-n', '0'],
      ['verify'],
      ['logs', 'list', '--json', '-q', 'One'],
    )

    expect(attachmentsOf(listed?.output)).toEqual(expected())
    expect(verified).toEqual({ exitCode: 0, output: '[]' })
    const [{ conversation_id }] = JSON.parse(found?.output ?? '')
    const [continued] = await python('0.36', [
      ...['--cid', conversation_id, 'And what else?', '--no-stream'],
    ])
    expect(continued).toMatchObject({ exitCode: 0 })
    const [asked] = server.requests.at(-1)?.body.messages ?? []
    expect(asked).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'One' },
        {
          type: 'image_url',
          image_url: { url: `data:image/png;base64,${smallFiles.png.toString('base64')}` },
        },
      ],
    })
  })

  it('0.31.1 lists ours in a file of its own', async () => {
    await python('0.31.1', ['-m', 'gpt-4o-mini', 'hello', '--no-stream'])

    expect((await batch('--attachment-column', 'file')).exitCode).toBe(0)

    const [listed] = await python('0.31.1', ['logs', 'list', '--json', '-n', '0'])
    expect(attachmentsOf(listed?.output).slice(1)).toEqual(expected())
  })

  it('asks what 0.36 asks with the same attachments, in the same order', async () => {
    await workdir.write('in.txt', 'Look\n')
    const words = ['-a', 'a.png', '--at', 'a.gif', 'image/webp', '-a', 'a.pdf']
    const inFolder = words.map(word => (word.startsWith('a.') ? workdir.join(word) : word))

    await python('0.36', ['-m', 'gpt-4o-mini', 'Look', '--no-stream', ...inFolder])
    const { exitCode } = await runCommand(
      ['batch', 'in.txt', '-m', 'gpt-4o-mini', '-O', 'out.csv', ...words],
      { cwd: workdir.path, env: { ...server.environment, OPENAI_API_KEY: 'sk-spec' } },
    )

    expect(exitCode).toBe(0)
    const [theirs, ours] = server.requests.map(({ body }) => body.messages)
    expect(ours).toEqual(theirs)
  })

  it('gives the types that llm gives', async () => {
    const names = Object.keys(files)
    const [given] = await python('0.36', ['types', ...names.map(name => workdir.join(name))])

    const types = names.map(name => detectType(files[name] as Buffer, name))

    // llm does not know every text; we do.
    const theirs: readonly (string | null)[] = JSON.parse(given?.output ?? '')
    expect(types).toEqual(theirs.map((type, index) => type ?? types[index]))
    expect(theirs.filter(type => type === null).length).toBeLessThan(3)
  })
})
