import { callsWithinFiles } from '../../../lib/plan/model/calls-within-files.js'

const server = { wire: 'openai-chat' } as never
const gguf = { wire: 'gguf' } as never
const echo = { wire: 'echo' } as never

describe('callsWithinFiles', () => {
  it('lowers a number to the files that may be open, and says so', () => {
    const { concurrency, isConcurrencyAuto, warnings } = callsWithinFiles(1_000, server, () => 256)

    expect({ concurrency, isConcurrencyAuto }).toEqual({
      concurrency: 216,
      isConcurrencyAuto: false,
    })
    expect(warnings.join()).toContain('--concurrency 1000 is lowered to 216')
  })

  it.each([
    [1_048_576, 1_000],
    [undefined, 1_000],
    [256, 216],
    [30, 1],
  ])('bounds auto, with %s files, by %d calls, and warns of nothing', (files, concurrency) => {
    expect(callsWithinFiles('auto', server, () => files)).toEqual({
      concurrency,
      isConcurrencyAuto: true,
      warnings: [],
    })
  })

  it('takes a number for auto where no server is asked', () => {
    const found = { isConcurrencyAuto: false, warnings: [] }
    expect(callsWithinFiles('auto', gguf, () => 64)).toEqual({ concurrency: 4, ...found })
    expect(callsWithinFiles('auto', echo, () => 64)).toEqual({ concurrency: 64, ...found })
    expect(callsWithinFiles(500, echo, () => 64)).toEqual({ concurrency: 500, ...found })
  })
})
