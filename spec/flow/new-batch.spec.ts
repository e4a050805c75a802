import { readFile } from 'node:fs/promises'
import { rehearseBatch } from '../../lib/api/open-batch.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

const template = 'Classify: {review}'

describe('a new batch', () => {
  const bench = useBatch()

  it('leaves nothing of a killed run beside an output that a new batch replaces', async () => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    const output = await bench.workdir.write('out.csv', 'old\n')
    const partial = await bench.workdir.write('out.csv.partial', 'torn rec')
    const given = { input, output, template, model: 'gpt-4o-mini', overwrite: true }
    const rehearsal = await rehearseBatch(given, bench.surroundings())
    await rehearsal.close()
    expect(await bench.workdir.read('out.csv.partial')).toBe('torn rec')

    await bench.run(given)

    await expect(readFile(partial)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses a system prompt for a completion model before anything is opened', async () => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    const output = bench.workdir.join('out.csv')

    await expect(
      bench.run({ input, output, template, model: '3.5-instruct', system: 'Be kind' }),
    ).rejects.toMatchObject({ code: 'MODEL_OPTION_INVALID' })
    await expect(readFile(output)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
