import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { scale } from '../support/scale.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

const run = promisify(execFile)
const program = resolve(import.meta.dirname, '../support/memory-run.mjs')
/** `make soak`, at its scale of 20, runs a million. */
const rows = scale > 1 ? 50_000 * scale : 16_000

describe('memory', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it.each(['slow-reader', 'slow-source', 'straggler'])(
    'does not grow with the rows, with a %s',
    async situation => {
      const words = ['--expose-gc', program, situation, String(rows), workdir.path]
      const { stdout } = await run(process.execPath, words, { maxBuffer: 1 << 26 })

      const { samples, answered, peakMb } = JSON.parse(stdout)
      expect(answered).toBe(rows)
      const used = samples.map(({ usedMb }: { usedMb: number }) => usedMb)
      const early = Math.max(...used.slice(0, 5))
      const late = Math.max(...used.slice(-5))
      // Ten thousand rows held would be some 20 MB.
      expect(late - early).toBeLessThan(10)
      expect(peakMb).toBeLessThan(300)
    },
    1_800_000,
  )
})
