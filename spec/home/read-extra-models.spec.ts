import { readExtraModels } from '../../lib/home/read-extra-models.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

const name = 'extra-openai-models.yaml'

describe('readExtraModels', () => {
  it.each([
    ['model_id: x', 'it should hold a YAML list of models'],
    ['- just-text', 'its model 1 is not a map of settings'],
    ['- model_name: x', 'its model 1 has no model_id'],
    ['- model_id: x', 'its model 1 (x) has no model_name'],
    ['- {model_id: x, model_name: y, aliases: z}', 'its model 1: aliases should be a list'],
    ['- {model_id: x, model_name: y, headers: [z]}', 'its model 1: headers should be a map'],
    ['- {model_id: [x], model_name: y}', 'its model 1: model_id should be text'],
    ['- model_id: "x\n', 'line 2'],
    ['- *nothing', 'Unresolved alias'],
  ])('refuses %j', async (text, reason) => {
    const path = await folder.write(name, text)
    const error = await readExtraModels(folder.path).catch(error => error)
    expect(error).toMatchObject({ code: 'HOME_FILE_INVALID' })
    expect(error.message).toContain(path)
    expect(error.message).toContain(reason)
  })

  it.each(['', '# nothing yet\n', '[]'])('finds none in %j', async text => {
    await folder.write(name, text)
    expect(await readExtraModels(folder.path)).toEqual([])
  })

  it('finds none where there is no file', async () => {
    expect(await readExtraModels(folder.path)).toEqual([])
  })

  it('takes a member that is set to nothing for an empty text', async () => {
    await folder.write(name, '- {model_id: x, model_name: y, aliases: [~, z], headers: {X-A: ~}}')

    expect(await readExtraModels(folder.path)).toMatchObject([
      { aliases: ['', 'z'], headers: { 'X-A': '' } },
    ])
  })

  it('gives each entry, numbers as text, unknown keys left out', async () => {
    await folder.write(
      name,
      `- model_id: orca
  model_name: 3.5
  aliases: [o, 4]
  api_base: http://localhost:8080/v1
  api_key_name: local
  headers: { X-Team: 7 }
  reasoning: true
  future_setting: 1
- { model_id: plain, model_name: plain-1, can_stream: false, vision: yes, supports_tools: true }
`,
    )
    const [orca, plain] = await readExtraModels(folder.path)
    expect(orca).toMatchObject({
      model_id: 'orca',
      model_name: '3.5',
      aliases: ['o', '4'],
      api_base: 'http://localhost:8080/v1',
      api_key_name: 'local',
      headers: { 'X-Team': '7' },
      completion: false,
      reasoning: true,
    })
    expect(orca).not.toHaveProperty('future_setting')
    expect(plain).toMatchObject({ model_id: 'plain', aliases: [], headers: {}, reasoning: false })
    expect(plain).not.toHaveProperty('api_base')
    expect(orca).toMatchObject({ can_stream: true, supports_tools: false, tier: false })
    expect(plain).toMatchObject({ can_stream: false, supports_tools: true, vision: false })
  })
})
