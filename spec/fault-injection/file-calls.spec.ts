import { type FileFault, failingAt, fileCalls, fileFaults } from '../support/failing-file-call.js'
import { scale } from '../support/scale.js'
import { liveThrough, scenes } from './live-through.js'

/**
 * In `make soak` every one; in `make test` a few, closer at the beginning, where no two calls are
 * alike.
 */
function spread(count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, at) => at + 1)
  if (scale > 1) return all
  const shares = Array.from({ length: 2 }, (_, at) => (at / 2) ** 2)
  return shares.map(share => 1 + Math.floor(share * count))
}

describe('llm batch, when one call to the file system fails', () => {
  it.each(Object.entries(scenes))(
    'says so truly, can be resumed, and loses nothing: %s',
    async (_name, scene) => {
      const count = fileCalls(await liveThrough({ scene, environment: () => failingAt() }))
      expect(count).toBeGreaterThan(20)
      const failures: string[] = []
      for (const call of spread(count)) {
        const all = scale > 1 ? fileFaults : [fileFaults[call % fileFaults.length] as FileFault]
        for (const fault of all) {
          const environment = () => failingAt(call, fault)
          await liveThrough({ scene, environment, fault }).catch(error => {
            failures.push(`call ${call}: ${error.message}`)
          })
        }
      }
      expect(failures).toEqual([])
    },
    // 580 calls, three faults each.
    6 * 3_600_000,
  )
})
