import fc from 'fast-check'
import { type FaultPoint, faultKinds } from '../support/fault-point.js'

/** What happens to a run on its way. `after`: how many of its calls are answered by then. */
export type Trouble =
  | { readonly kind: 'kill'; readonly at: FaultPoint }
  | { readonly kind: 'interrupt'; readonly after: number; readonly times: 1 | 2 }
  | { readonly kind: 'cancel'; readonly after: number; readonly isAtOnce: boolean }
  /** It stands still; another process goes on with the batch, during or after which it wakes. */
  | {
      readonly kind: 'suspend'
      readonly after: number
      readonly wakes: 'during' | 'after'
      /** Whether the input is turned around meanwhile. */
      readonly isEdited: boolean
    }

export interface RunStep {
  readonly kind: 'run'
  readonly concurrency: number
  readonly latencyMs: number
  readonly isUnwell: boolean
  readonly limit?: number | undefined
  /** Absent: where the batch writes already. */
  readonly output?: 'out.csv' | 'other.csv' | 'out.jsonl' | 'out.json' | undefined
  /** Counts only where a batch is begun. */
  readonly isOrdered: boolean
  /** The same. */
  readonly isLogged: boolean
  readonly trouble?: Trouble | undefined
}

export interface EditStep {
  readonly kind: 'edit'
  readonly how: 'insert' | 'delete' | 'reverse' | 'move' | 'duplicate' | 'change' | 'renumber'
  /** Which row, counted around. */
  readonly at: number
  readonly word: string
}

export type Step =
  | RunStep
  | EditStep
  /** Done to the output by somebody else. */
  | { readonly kind: 'spoil'; readonly how: 'remove' | 'cut' }
  | { readonly kind: 'forget' }

export interface Sequence {
  readonly words: readonly string[]
  readonly steps: readonly Step[]
}

/** A run to which nothing happens. */
export const plainRun: RunStep = {
  kind: 'run',
  concurrency: 3,
  latencyMs: 0,
  isUnwell: false,
  isOrdered: true,
  isLogged: true,
}

const word = fc.oneof(
  { weight: 8, arbitrary: fc.nat(14).map(number => `word ${number}`) },
  { weight: 1, arbitrary: fc.nat(2).map(number => `bad ${number}`) },
  { weight: 2, arbitrary: fc.nat(3).map(number => `flaky ${number}`) },
)

const faultPoint = fc
  .tuple(
    fc.constantFrom(...faultKinds),
    fc.constantFrom('before' as const, 'after' as const),
    fc.nat(9),
  )
  .map(([kind, when, number]): FaultPoint => {
    // There are many appends, and only a few of the others.
    const most = kind === 'append' ? 10 : kind === 'transaction' ? 5 : 2
    return `${kind}:${when}:${1 + (number % most)}`
  })

const after = fc.nat(8)
const trouble: fc.Arbitrary<Trouble | undefined> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(undefined) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('kill'), at: faultPoint }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('interrupt'),
      after,
      times: fc.constantFrom(1, 2),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('cancel'), after, isAtOnce: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('suspend'),
      after,
      wakes: fc.constantFrom('during', 'after'),
      isEdited: fc.boolean(),
    }),
  },
) as fc.Arbitrary<Trouble | undefined>

const rarely = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const runStep: fc.Arbitrary<RunStep> = fc.record({
  kind: fc.constant('run' as const),
  concurrency: fc.integer({ min: 1, max: 4 }),
  latencyMs: fc.constantFrom(0, 0, 15, 40),
  isUnwell: fc.boolean(),
  limit: rarely(fc.integer({ min: 1, max: 20 })),
  output: rarely(fc.constantFrom('out.csv', 'other.csv', 'out.jsonl', 'out.json')),
  isOrdered: fc.constantFrom(true, true, false),
  isLogged: fc.constantFrom(true, true, false),
  trouble,
})

const editStep: fc.Arbitrary<EditStep> = fc.record({
  kind: fc.constant('edit' as const),
  how: fc.constantFrom(
    ...(['insert', 'delete', 'reverse', 'move', 'duplicate', 'change', 'renumber'] as const),
  ),
  at: fc.nat(30),
  word,
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: runStep },
  { weight: 3, arbitrary: editStep },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('spoil' as const),
      how: fc.constantFrom('remove' as const, 'cut' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
)

/** Any input, and anything that may happen to it and its batches. */
export const anySequence: fc.Arbitrary<Sequence> = fc.record({
  words: fc.array(word, { minLength: 6, maxLength: 24 }),
  steps: fc.array(step, { minLength: 4, maxLength: 10 }),
})
