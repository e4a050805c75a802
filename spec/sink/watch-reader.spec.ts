import { execFile, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const built = resolve(import.meta.dirname, '../../dist/lib/sink/watch-reader.js')

/** Watches its standard output while it writes that many bytes and waits for a while; says on standard error what it saw. */
const watcher = `
  import { watchReader } from '${built}'
  const [bytes, waitMs] = process.argv.slice(1).map(Number)
  process.stdout.on('error', () => {})
  const startedMs = performance.now()
  const end = watchReader(1, () => {
    console.error(performance.now() - startedMs < waitMs ? 'gone in time' : 'gone late')
    process.exit()
  })
  console.error(end === undefined ? 'not watched' : 'watched')
  if (bytes > 0) process.stdout.write(Buffer.alloc(bytes, 97))
  setTimeout(() => {
    end?.()
    console.error('over')
  }, waitMs)`
const watching = (bytes: number, waitMs: number) =>
  `"${process.execPath}" --input-type=module -e "$WATCHER" ${bytes} ${waitMs}`

// Elsewhere nothing is watched, and the next write notices.
const describeOnLinux = process.platform === 'linux' ? describe : describe.skip

describeOnLinux('watchReader', () => {
  let workdir: Workdir

  beforeEach(async () => {
    workdir = await makeWorkdir()
  })

  afterEach(() => workdir.remove())

  async function saidBy(script: string): Promise<string[]> {
    const { stderr } = await promisify(execFile)('bash', ['-c', script], {
      cwd: workdir.path,
      env: { ...process.env, WATCHER: watcher },
    })
    return stderr.trimEnd().split('\n')
  }

  it('knows at once that the reader is gone, without a write', async () => {
    expect(await saidBy(`${watching(2, 20_000)} | head -c 1`)).toEqual(['watched', 'gone in time'])
    expect(await saidBy(`${watching(0, 20_000)} | true`)).toEqual(['watched', 'gone in time'])
  })

  it('takes neither a reader that reads nothing nor a slow one for gone, and all that is written arrives', async () => {
    const read = `{ sleep 1; wc -c >&2; }`

    expect(await saidBy(`${watching(1_000_000, 300)} | ${read}`)).toEqual([
      'watched',
      'over',
      '1000000',
    ])
  })

  it('minds only the last of several readers', async () => {
    const twoReaders = '{ { sleep 1; cat > /dev/null; } <&0 & exec true; }'

    expect(await saidBy(`${watching(1, 400)} | ${twoReaders}`)).toEqual(['watched', 'over'])
  })

  it('lets others write on the pipe after it', async () => {
    const both = `{ ${watching(1, 200)}; echo second; }`

    expect(await saidBy(`${both} | { cat > out; cat out >&2; }`)).toEqual([
      'watched',
      'over',
      'asecond',
    ])
  })

  it.each([
    ['a file', `${watching(1, 50)} > out`],
    ['/dev/null', `${watching(1, 50)} > /dev/null`],
    ['a pipe with a name', `mkfifo named; cat named > out & ${watching(1, 50)} > named; wait`],
    ['nothing', `${watching(0, 50)} >&-`],
  ])('leaves %s alone', async (_what, script) => {
    expect(await saidBy(script)).toEqual(['not watched', 'over'])
  })

  it('leaves a socket alone', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', watcher, '1', '50'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stderr.on('data', text => {
      said += text
    })
    child.stdout.resume()
    await new Promise(ended => child.once('close', ended))

    expect(said).toBe('not watched\nover\n')
  })
})
