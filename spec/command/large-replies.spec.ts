import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { peakMb, sayingPeak } from '../support/peak-memory.js'
import { scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'

const run = promisify(execFile)
const program = resolve(import.meta.dirname, '../support/large-replies-run.mjs')
/** Also the few of `make test` take more than the bound if all are held: twenty, 2 GB. */
const calls = scale > 1 ? 100 : 20

describe('large replies', () => {
  const sizes = [
    { megabytes: 20, ended: { answered: calls, failed: 0 } },
    { megabytes: 120, ended: { answered: 0, failed: calls, code: 'REPLY_TOO_LARGE' } },
  ]

  // In `make test` those alone that are refused.
  it.each(scale > 1 ? sizes : sizes.slice(1))(
    'of $megabytes MB take no more memory the more calls there are',
    async ({ megabytes, ended }) => {
      const { stdout } = await run(process.execPath, [program, String(calls), String(megabytes)])
      const { peakMb, ...rest } = JSON.parse(stdout)
      expect(rest).toEqual(ended)
      // Read all at once, those of 20 MB take 1,300 MB.
      expect(peakMb).toBeLessThan(800)
    },
    600_000,
  )
})

// Minutes, most of them SQLite's, which makes the texts searchable.
const describeInSoak = scale > 1 ? describe : describe.skip

describeInSoak('a batch whose answers are large', () => {
  const bench = useCommand()

  it('goes through, and takes no more memory the more calls there are', async () => {
    const server = fork(resolve(import.meta.dirname, '../support/large-reply-server.mjs'), ['20'])
    const [port] = await once(server, 'message')
    const rows = Array.from({ length: calls }, (_, index) => `row ${index}\n`)
    await bench.workdir.write('in.txt', rows.join(''))

    const { exitCode, stderr } = await bench.llm(
      [
        'batch',
        'in.txt',
        '-m',
        'gpt-4o-mini',
        '--output',
        'out.jsonl',
        '--concurrency',
        `${calls}`,
      ],
      { env: { ...sayingPeak(), OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` } },
    )
    server.kill()

    expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`${calls} answered`)])
    // Twelve take 1,130, forty 1,420, a hundred 1,450: most of it is SQLite's for one entry, which
    // malloc keeps. Held until they are written, sixty took 3,900.
    expect(peakMb(stderr)).toBeLessThan(1_800)
  }, 900_000)
})
