import { equalPrompts } from '../../lib/stage/equal-prompts.js'
import { answeredOf, failedOf, promptOf } from '../support/equal-rows.js'
import { range } from '../support/rows.js'

const first = promptOf(0, 'a')
const second = promptOf(1, 'a')
const third = promptOf(2, 'a')

describe('equalPrompts', () => {
  it('holds nothing that is not being asked', () => {
    const equals = equalPrompts()
    equals.begin(first)

    expect(equals.hold(promptOf(1, 'b'))).toBeUndefined()
    expect(equals.isIdle()).toBe(true)
  })

  it('gives the rows that waited as prompts once the answer is recorded, in their order', () => {
    const equals = equalPrompts()
    let releases = 0
    equals.onRelease(() => {
      releases += 1
    })
    equals.begin(first)
    expect([second, third].map(equals.hold)).toEqual(['waits', 'waits'])

    equals.ended([answeredOf(promptOf(7, 'b')), answeredOf(first)])

    expect(releases).toBe(1)
    expect(equals.isIdle()).toBe(false)
    expect(equals.takeReleased()).toEqual([second, third])
    expect(equals.isIdle()).toBe(true)
    expect(equals.hold(promptOf(3, 'a'))).toBeUndefined()
  })

  it('gives the rows that waited the failure, as rows that were not asked', () => {
    const equals = equalPrompts()
    equals.begin(first)
    equals.hold(second)
    const failure = failedOf(first)

    equals.ended([failure])

    expect(equals.takeReleased()).toEqual([
      {
        ...{ kind: 'failed', row: second.row, prompt: second, error: failure.error },
        ...{ attempts: 0, costUsd: 0, reused: 'equal' },
      },
    ])
  })

  it('hears of the end of a row once', () => {
    const equals = equalPrompts()
    equals.begin(first)
    equals.ended([failedOf(first)])
    equals.begin(second)
    equals.ended([failedOf(first)])

    expect(equals.hold(third)).toBe('waits')
  })

  it.each([
    ['a row that was skipped', { kind: 'skipped', row: first.row } as const],
    ['a failure that ends the run', failedOf(first, 'KEY_INVALID')],
  ])('skips the rows that waited for %s', (_what, outcome) => {
    const equals = equalPrompts()
    equals.begin(first)
    equals.hold(second)

    equals.ended([outcome])

    expect(equals.takeReleased()).toEqual([{ kind: 'skipped', row: second.row }])
  })

  it.each([
    'REQUEST_REJECTED',
    'REPLY_TOO_LARGE',
    'ANSWER_TRUNCATED',
    'ANSWER_EMPTY',
    'ANSWER_FILTERED',
  ] as const)('remembers %s for later rows', code => {
    const equals = equalPrompts()
    equals.begin(first)
    const failure = failedOf(first, code)
    equals.ended([failure])

    expect(equals.hold(second)).toMatchObject({ kind: 'failed', error: failure.error, attempts: 0 })
    expect(equals.hold(promptOf(5, 'b'))).toBeUndefined()
  })

  it.each(['RATE_LIMITED', 'SERVER_FAILED', 'CALL_TIMED_OUT'] as const)(
    'does not remember %s, which another moment may mend',
    code => {
      const equals = equalPrompts()
      equals.begin(first)
      equals.ended([failedOf(first, code)])

      expect(equals.hold(second)).toBeUndefined()
    },
  )

  it('forgets the oldest of too many failures', () => {
    const equals = equalPrompts({ rememberedFaults: 2 })
    for (const index of range(3)) {
      const asked = promptOf(index, `prompt ${index}`)
      equals.begin(asked)
      equals.ended([failedOf(asked, 'ANSWER_EMPTY')])
    }

    const held = range(3).map(index => equals.hold(promptOf(9, `prompt ${index}`)) !== undefined)

    expect(held).toEqual([false, true, true])
  })

  it('has room for so many rows, and again once they are released', () => {
    const equals = equalPrompts({ waitingRows: 2 })
    equals.begin(first)
    equals.hold(second)
    expect(equals.hasRoom()).toBe(true)
    equals.hold(third)
    expect(equals.hasRoom()).toBe(false)

    equals.ended([answeredOf(first)])

    expect(equals.hasRoom()).toBe(true)
  })

  it('has no room beyond so much text either', () => {
    const equals = equalPrompts()
    const long = 'x'.repeat(9_000_000)
    equals.begin(promptOf(0, long))
    equals.hold(promptOf(1, long))
    expect(equals.hasRoom()).toBe(true)
    equals.hold(promptOf(2, long))

    expect(equals.hasRoom()).toBe(false)
  })
})
