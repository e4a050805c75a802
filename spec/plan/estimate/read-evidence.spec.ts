import { correctionOf } from '../../../lib/plan/estimate/read-evidence.js'

const prompts = (count: number, counted: number, billed: number) =>
  Array.from({ length: count }, () => ({ counted, billed }))

describe('correctionOf', () => {
  it('is what was billed for each token that was counted', () => {
    expect(correctionOf([...prompts(5, 10, 12), ...prompts(5, 30, 36)])).toEqual({
      factor: expect.closeTo(1.2),
      prompts: 10,
    })
  })

  it('concludes nothing from a few prompts, and nothing from a bill that cannot be', () => {
    expect(correctionOf(prompts(4, 10, 12))).toBeUndefined()
    expect(correctionOf(prompts(9, 1000, 1))).toBeUndefined()
    expect(correctionOf(prompts(9, 1, 1000))).toBeUndefined()
    expect(correctionOf(prompts(9, 0, 0))).toBeUndefined()
  })
})
