import { readModelDefaults } from '../../lib/home/read-model-defaults.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

describe('readModelDefaults', () => {
  it.each([
    ['{"o3": 7}', 'its entry "o3" is not an object'],
    ['{"o3": {"stop": ["a"]}}', 'its option "stop" is not a text, a number or a boolean'],
    ['{"o3": ', 'it is not valid JSON'],
  ])('refuses %s', async (text, reason) => {
    await folder.write('model_options.json', text)
    await expect(readModelDefaults(folder.path, 'o3')).rejects.toThrow(reason)
  })

  it('gives the options of that model, still as text, without those set to nothing', async () => {
    await folder.write(
      'model_options.json',
      '{"gpt-4o-mini": {"temperature": "0.5", "seed": 7, "x": null}}',
    )
    expect(await readModelDefaults(folder.path, 'gpt-4o-mini')).toEqual({
      temperature: '0.5',
      seed: 7,
    })
    expect(await readModelDefaults(folder.path, 'constructor')).toEqual({})
  })
})
