import { Transform } from 'node:stream'
import type { Outcome } from '../row/outcome.js'
import { addToTally, emptyTally, type Tally } from '../row/tally.js'

export interface TallyOutcomesOptions {
  /** Called with the new tally after each outcome. */
  readonly onTally: (tally: Tally) => void
}

/** Outcome in, the same Outcome out; counts them on the way. */
export function tallyOutcomes({ onTally }: TallyOutcomesOptions): Transform {
  let tally = emptyTally
  return new Transform({
    objectMode: true,
    transform(outcome: Outcome, _encoding, done) {
      tally = addToTally(tally, outcome)
      onTally(tally)
      done(null, outcome)
    },
  })
}
