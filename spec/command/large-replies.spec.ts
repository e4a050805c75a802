import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { scale } from '../support/scale.js'

const run = promisify(execFile)
const program = resolve(import.meta.dirname, '../support/large-replies-run.mjs')
const calls = 100

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
