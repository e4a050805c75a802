import fc from 'fast-check'
import { type FaultPoint, faultKinds } from '../support/fault-point.js'
import { scale } from '../support/scale.js'
import { openBench } from '../support/use-command.js'
import { anySequence, plainRun, type Sequence } from './steps.js'
import { liveThrough } from './world.js'

/**
 * Whole runs of the built command against the plain model of `batch-model.ts`.
 *
 * A failure prints a seed and a path. The same sequence again, and then shorter ones that fail as well:
 *
 *     LLM_SPEC_SEQUENCE='{"seed":1,"path":"4"}' make test ONLY=spec/model-run
 */
const replayed = process.env.LLM_SPEC_SEQUENCE
const sequences = 2 * scale

async function live(sequence: Sequence, hits?: Set<string>): Promise<void> {
  const bench = await openBench()
  try {
    await liveThrough(bench, sequence, hits)
  } finally {
    await bench.close()
  }
}

const points = faultKinds.flatMap(kind =>
  (['before', 'after'] as const).map((when): FaultPoint => `${kind}:${when}:1`),
)

describe('a batch over all its runs', () => {
  it.each(points)(
    'is whole after a kill at %s',
    async at => {
      const hits = new Set<string>()
      const words = [
        ...Array.from({ length: 9 }, (_, index) => `word ${index}`),
        'word 3',
        'flaky 1',
      ]
      await live(
        {
          words,
          steps: [
            // Only what goes on with a batch puts a new output in the place of the old one.
            {
              ...plainRun,
              isUnwell: true,
              ...(at.startsWith('rename') ? {} : { trouble: { kind: 'kill', at } }),
            },
            { kind: 'edit', how: 'insert', at: 2, word: 'word 20' },
            { ...plainRun, trouble: { kind: 'kill', at } },
          ],
        },
        hits,
      )
      expect([...hits]).toEqual([at.slice(0, -2)])
    },
    60_000,
  )

  it(
    'keeps what is promised, whatever happens to it',
    async () => {
      await fc.assert(
        fc.asyncProperty(anySequence, sequence => live(sequence)),
        {
          numRuns: sequences,
          // In `make test` the same each time; in `make soak` others each time.
          ...(scale > 1 ? {} : { seed: 1 }),
          ...(replayed === undefined ? { endOnFailure: true } : JSON.parse(replayed)),
        },
      )
    },
    replayed === undefined ? (sequences + 2) * 60_000 : 3_600_000,
  )
})
