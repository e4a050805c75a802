import { responseOf } from '../../lib/api/response.js'
import { answer, answered, failed, row } from '../support/rows.js'

describe('responseOf', () => {
  it('gives the answer, its usage, its cost and its attempts', () => {
    const outcome = { ...answered(0, 'yes'), attempts: 2, costUsd: 0.5 }
    const response = responseOf(outcome)
    const usage = { inputTokens: 3, outputTokens: 1 }
    expect(response).toMatchObject({ error: undefined, usage, costUsd: 0.5, attempts: 2, outcome })
    expect(response.text()).toBe('yes')
  })

  it('gives the tokens of all answers, if the model answered more than once', () => {
    const usage = { inputTokens: 30, outputTokens: 9 }
    expect(responseOf({ ...answered(0), usage }).usage).toEqual(usage)
    const cut = { ...failed(0), answer: answer('no') }
    expect(responseOf(cut).usage).toEqual({ inputTokens: 3, outputTokens: 1 })
    expect(responseOf(failed(0)).usage).toBeUndefined()
  })

  it.each([
    ['{"a": 1}', { a: 1 }],
    ['Here it is:\n```json\n{"a": 1}\n```', { a: 1 }],
    ['12345678901234567890', 12345678901234567890n],
  ])('reads the value of %j', (text, value) => {
    expect(responseOf(answered(0, text)).json()).toEqual(value)
  })

  it('throws for an answer that is no JSON', () => {
    expect(() => responseOf(answered(0, 'Good, I think')).json()).toThrow(SyntaxError)
  })

  it('throws why a row failed, for its text and for its value', () => {
    const outcome = failed(0)
    const { error, text, json, attempts } = responseOf(outcome)
    expect(error).toBe(outcome.error)
    expect(text).toThrow(outcome.error)
    expect(json).toThrow(outcome.error)
    expect(attempts).toBe(1)
  })

  it('has nothing of a row that was not asked, and says so', () => {
    const usage = { inputTokens: 3, outputTokens: 1 }
    const response = responseOf({ kind: 'skipped', row: row(0), usage, costUsd: 0.5 })
    const { error, costUsd, attempts } = response
    expect([error, response.usage, costUsd, attempts]).toEqual([undefined, undefined, undefined, 0])
    expect(response.text).toThrow('The row was not asked: the run had stopped.')
  })
})
