import type { Outcome } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { invokeModel } from '../../lib/stage/invoke-model.js'
import type { Settle } from '../../lib/stage/settle-with-retry.js'
import { createStopSwitch } from '../../lib/stage/stop-switch.js'
import { collect } from '../support/collect.js'
import { answer, failed, fault, prompt, range } from '../support/rows.js'

/** Settles every prompt with what `outcomeOf` says, and says so. */
const settling =
  (outcomeOf: (asked: Prompt) => Outcome): Settle =>
  async (asked, _signals, onOutcome) => {
    const outcome = outcomeOf(asked)
    onOutcome(outcome)
    return outcome
  }

const answering = settling(asked => ({
  kind: 'answered',
  row: asked.row,
  prompt: asked,
  answer: answer(),
  attempts: 1,
}))

describe('invokeModel', () => {
  it('gives an outcome for each prompt', async () => {
    const prompts = range(20).map(index => prompt(index))

    const out = await collect<Outcome>(prompts, invokeModel({ settle: answering, windowRows: 4 }))

    expect(out.map(outcome => outcome.row.index).sort((a, b) => a - b)).toEqual(range(20))
  })

  it('passes outcomes that come in through untouched', async () => {
    const early = failed(0, 'COLUMN_MISSING')

    const out = await collect([early], invokeModel({ settle: answering, windowRows: 4 }))

    expect(out[0]).toBe(early)
  })

  it('says each outcome as it ends', async () => {
    const seen: Outcome[] = []
    const onOutcome = (outcome: Outcome) => seen.push(outcome)

    const out = await collect(
      [prompt(0), failed(1)],
      invokeModel({ settle: answering, windowRows: 4, onOutcome }),
    )

    expect(seen).toEqual(expect.arrayContaining(out))
  })

  it('asks for a stop at an error that reaches the whole run, and fails the row', async () => {
    const stop = createStopSwitch()
    const error = fault('KEY_INVALID', 'run')
    const settle = settling(({ row }) => ({ kind: 'failed', row, error, attempts: 1 }))

    const out = await collect([prompt(0)], invokeModel({ settle, windowRows: 4, stop }))

    expect(out).toMatchObject([{ kind: 'failed' }])
    expect(stop.reason()).toBe(error)
  })

  it('is destroyed by such an error when there is nobody to ask', async () => {
    const error = fault('KEY_INVALID', 'run')
    const settle = settling(({ row }) => ({ kind: 'failed', row, error, attempts: 1 }))

    await expect(collect([prompt(0)], invokeModel({ settle, windowRows: 4 }))).rejects.toBe(error)
  })
})
