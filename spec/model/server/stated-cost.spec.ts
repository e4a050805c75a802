import { statedCost } from '../../../lib/model/server/stated-cost.js'

const header = (value: string) => ({ 'x-litellm-response-cost': value })

describe('statedCost', () => {
  it('takes what OpenRouter and LiteLLM say', () => {
    expect(statedCost({ usage: { cost: 0.00012 } }, {})).toBe(0.00012)
    expect(statedCost({ usage: { cost: 0 } }, {})).toBe(0)
    expect(statedCost({}, header('1.25e-05'))).toBe(0.0000125)
    expect(statedCost({ usage: { cost: 0.5 } }, header('0.7'))).toBe(0.5)
  })

  it('adds what the provider charges to the fee for a key of the user', () => {
    const cost_details = { upstream_inference_cost: 0.02 }

    expect(statedCost({ usage: { cost: 0.001, is_byok: true, cost_details } }, {})).toBe(0.021)
    expect(statedCost({ usage: { cost: 0.02, is_byok: false, cost_details } }, {})).toBe(0.02)
  })

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e12, '0.5', null, true, {}, [0.5]])(
    'ignores a cost of %j',
    cost => {
      expect(statedCost({ usage: { cost } }, {})).toBeUndefined()
    },
  )

  it.each(['', ' ', '-1', 'NaN', 'Infinity', 'free', 'None', '1e99', '0.5 USD', '1,5'])(
    'ignores the header %j',
    value => {
      expect(statedCost({}, header(value))).toBeUndefined()
    },
  )
})
