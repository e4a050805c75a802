import { readFile } from 'node:fs/promises'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

const template = 'Classify: {review}'

describe('a new batch', () => {
  const bench = useBatch()

  it('refuses a system prompt for a completion model before anything is opened', async () => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    const output = bench.workdir.join('out.csv')

    await expect(
      bench.run({ input, output, template, model: '3.5-instruct', system: 'Be kind' }),
    ).rejects.toMatchObject({ code: 'MODEL_OPTION_INVALID' })
    await expect(readFile(output)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
