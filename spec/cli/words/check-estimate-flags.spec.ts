import { checkEstimateFlags } from '../../../lib/cli/words/check-estimate-flags.js'

const given = (switches: Record<string, boolean>, texts: Record<string, string> = {}) => ({
  ...{ operands: ['in.csv'], lists: {}, pairs: {} },
  ...{ switches, texts },
})

describe('checkEstimateFlags', () => {
  it.each([
    ['--yes', given({ yes: true })],
    ['--json', given({ json: true })],
    ['--sample', given({}, { sample: '5' })],
  ])('refuses %s without --estimate-cost', (name, command) => {
    expect(() => checkEstimateFlags(command)).toThrow(
      expect.objectContaining({
        code: 'USAGE_INVALID',
        message: `${name} is an option of --estimate-cost, which is not given.`,
        remedy: `Add --estimate-cost, or leave out ${name}.`,
      }),
    )
  })

  it('refuses a dry run that is estimated', () => {
    expect(() => checkEstimateFlags(given({ estimateCost: true, dryRun: true }))).toThrow(
      expect.objectContaining({ code: 'USAGE_INVALID' }),
    )
  })

  it('accepts all of them with --estimate-cost, and none of them without', () => {
    checkEstimateFlags(given({ estimateCost: true, yes: true, json: true }, { sample: '5' }))
    checkEstimateFlags(given({}))
  })
})
