import { Transform } from 'node:stream'
import type { Outcome } from '../row/outcome.js'
import { addToTally, emptyTally, type Tally } from '../row/tally.js'

export interface TallyOutcomesOptions {
  /** Called with the new tally after each group. */
  readonly onTally: (tally: Tally) => void
}

/** Groups of Outcomes in, the same groups out; counts them on the way. */
export function tallyOutcomes({ onTally }: TallyOutcomesOptions): Transform {
  let tally = emptyTally
  return new Transform({
    objectMode: true,
    writableHighWaterMark: 1,
    readableHighWaterMark: 1,
    transform(group: readonly Outcome[], _encoding, done) {
      tally = addToTally(tally, group)
      onTally(tally)
      done(null, group)
    },
  })
}
