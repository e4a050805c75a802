import { findSavedTemplate, listSavedTemplates } from '../../lib/home/find-saved-template.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

const save = (text: string) => folder.write('templates/greet.yaml', text)
const find = () => findSavedTemplate(folder.path, 'greet')

describe('findSavedTemplate', () => {
  const typed = 'attachment_types should be a list of maps with type and value'

  it.each([
    ['prmpt: Hi', 'llm knows no template key "prmpt"', 'Did you mean prompt?'],
    ['zzz: 1', 'llm knows no template key "zzz"', expect.stringContaining('prompt, system, model')],
    ['prompt: 7', 'prompt should be text', 'Correct the file.'],
    ['system: [a]', 'system should be text', 'Correct the file.'],
    ['defaults: [a]', 'defaults should be a map', 'Correct the file.'],
    ['schema_object: [a]', 'schema_object should be a map', 'Correct the file.'],
    ['fragments: a', 'fragments should be a list of texts', 'Correct the file.'],
    ['extract: 7', 'extract should be true or false', 'Correct the file.'],
    ['attachments: a.png', 'attachments should be a list of texts', 'Correct the file.'],
    ['attachment_types: [a.png]', typed, 'Correct the file.'],
    ['attachment_types: [{type: image/png}]', typed, 'Correct the file.'],
    ['attachment_types: [{type: 1, value: a}]', typed, 'Correct the file.'],
    ['attachment_types: a', typed, 'Correct the file.'],
    ['- Hi', 'it is neither a map nor a text', 'Correct the file.'],
    ['', 'it is neither a map nor a text', 'Correct the file.'],
  ])('refuses %j', async (text, reason, remedy) => {
    const path = await save(text)
    await expect(find()).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      message: `The template ${path} cannot be used: ${reason}.`,
      remedy,
    })
  })

  it('refuses to ask without what a batch does not do: functions in Python', async () => {
    await save('prompt: Hi\nfunctions: "def f(): pass"\n')
    await expect(find()).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      remedy: expect.stringContaining('Save a copy of the template without'),
    })
  })

  it('reads the names of tools', async () => {
    await save('prompt: Hi\ntools: [llm_time, ./tools.mjs]\n')
    expect(await find()).toMatchObject({ tools: ['llm_time', './tools.mjs'] })
    await save('prompt: Hi\ntools: llm_time\n')
    await expect(find()).rejects.toThrow('tools should be a list of texts')
  })

  it('does not mind such a key when it is set to nothing', async () => {
    await save('prompt: Hi\ntools: []\nextract: false\nschema_object:\n')
    expect(await find()).toMatchObject({ prompt: 'Hi' })
  })

  it('names the line of bad YAML', async () => {
    await save('prompt: Hi\nsystem: "open\n')
    await expect(find()).rejects.toThrow(/line [23]:/)
  })

  it('finds none for a name that is not there, and for text that can be no name', async () => {
    await save('Hi')
    expect(await findSavedTemplate(folder.path, 'other')).toBeUndefined()
    for (const text of [
      'Say {greet}',
      'greet\n',
      '../templates/greet',
      '',
      'x'.repeat(500),
      '\0',
    ]) {
      expect(await findSavedTemplate(folder.path, text)).toBeUndefined()
    }
  })

  it('takes a document that is only text for the prompt', async () => {
    const path = await save('Summarise $input\n')
    expect(await find()).toEqual({
      name: 'greet',
      path,
      prompt: 'Summarise $input',
      defaults: {},
      options: {},
      fragments: [],
      systemFragments: [],
      tools: [],
      attachments: [],
    })
  })

  it('gives all that the file says', async () => {
    await save(`name: whatever
model: claude-opus
prompt: "Hello $name, $age, $polite"
system: Be $mood
defaults: { age: 7, polite: true, mood: kind }
options: { temperature: 0.2, json_object: true }
fragments: [style]
system_fragments: [rules]
extract: true
attachments: [a.png, https://example.com/b.png]
attachment_types: [{ type: image/png, value: scan.bin }]
`)
    expect(await find()).toMatchObject({
      name: 'greet',
      model: 'claude-opus',
      prompt: 'Hello $name, $age, $polite',
      system: 'Be $mood',
      defaults: { age: '7', polite: 'True', mood: 'kind' },
      options: { temperature: 0.2, json_object: true },
      fragments: ['style'],
      systemFragments: ['rules'],
      extract: 'first',
      attachments: ['a.png', 'https://example.com/b.png', { name: 'scan.bin', type: 'image/png' }],
    })
  })

  it('reads defaults that are no texts as Python would write them, each as a text', async () => {
    await save('prompt: $a\ndefaults: { a: false, b: null, c: 1.5, d: [1, x], e: { f: g } }\n')
    expect((await find())?.defaults).toEqual({
      ...{ a: 'False', b: 'None', c: '1.5', d: '[1,"x"]', e: '{"f":"g"}' },
    })
  })

  it.each(['functions:', 'functions: ""', 'functions: false', 'functions: []', 'functions: {}'])(
    'does not mind %j, which is set to nothing',
    async text => {
      await save(`prompt: Hi\n${text}\n`)
      expect(await find()).toMatchObject({ prompt: 'Hi' })
    },
  )

  it('takes the last block if a template asks for the first and the last', async () => {
    await save('prompt: Hi\nextract: true\nextract_last: true\n')
    expect(await find()).toMatchObject({ extract: 'last' })
  })

  it('reads a template by the path of its file', async () => {
    const path = await folder.write('elsewhere/mine.yml', 'prompt: Hi')
    expect(await findSavedTemplate('/nowhere', path)).toMatchObject({ name: 'mine', prompt: 'Hi' })
  })
})

describe('listSavedTemplates', () => {
  it('gives their names, sorted, and none where there is no folder', async () => {
    expect(await listSavedTemplates(folder.path)).toEqual([])
    await folder.write('templates/zeta.yaml', '')
    await folder.write('templates/alpha.yaml', '')
    await folder.write('templates/notes.txt', '')
    expect(await listSavedTemplates(folder.path)).toEqual(['alpha', 'zeta'])
  })
})
