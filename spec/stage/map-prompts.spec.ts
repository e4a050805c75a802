import { mapPrompts } from '../../lib/stage/map-prompts.js'
import { collect } from '../support/collect.js'
import { failed, fault, prompt, row } from '../support/rows.js'

describe('mapPrompts', () => {
  it('makes a prompt of each row', async () => {
    const out = await collect(
      [row(0), row(1)],
      mapPrompts({ render: ({ index }) => prompt(index) }),
    )

    expect(out).toEqual([prompt(0), prompt(1)])
  })

  it('passes a row that it cannot render on as a failed outcome, and continues', async () => {
    const error = fault('COLUMN_MISSING', 'row')
    const render = ({ index }: { index: number }) => {
      if (index === 0) throw error
      return prompt(index)
    }

    const out = await collect([row(0), row(1)], mapPrompts({ render }))

    expect(out).toEqual([{ kind: 'failed', row: row(0), error, attempts: 0 }, prompt(1)])
  })

  it('passes records that are not rows through untouched', async () => {
    const bad = failed(0, 'RECORD_INVALID')

    expect((await collect([bad], mapPrompts({ render: () => prompt(0) })))[0]).toBe(bad)
  })

  it('fails at an error of the whole run, or a bug', async () => {
    const render = () => {
      throw fault('TEMPLATE_INVALID', 'run')
    }

    await expect(collect([row(0)], mapPrompts({ render }))).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
    })
  })
})
