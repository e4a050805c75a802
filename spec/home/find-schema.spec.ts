import { findSchema } from '../../lib/home/find-schema.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

const stored = '{"type": "object", "properties": {"dog": {"type": "string"}}}'
const store = { findSchema: async (id: string) => (id === 'abc123' ? stored : undefined) }
const find = (given: string) => findSchema(given, { folder: folder.path, store })

describe('findSchema', () => {
  it.each([
    ['{"type": ', 'The schema is not JSON: Unexpected end of JSON input'],
    ['{"type": "object",}', expect.stringContaining('position 18')],
    ['nothing', 'Invalid schema: nothing'],
    ['t:nobody', 'Template not found: nobody'],
    ['t:plain', 'The template plain has no schema'],
    ['name, age years', "Invalid schema DSL: unknown type 'years' for field 'age'"],
  ])('refuses %j', async (given, message) => {
    await folder.write('templates/plain.yaml', 'prompt: Hi')
    await expect(find(given)).rejects.toMatchObject({
      code: 'SCHEMA_INVALID',
      reach: 'run',
      message,
    })
  })

  it('refuses a file that is not an object of JSON, and names the file', async () => {
    const list = await folder.write('list.json', '[1]')
    await expect(find(list)).rejects.toThrow(
      `The schema in ${list} is not an object: {"type": "object", …}`,
    )
    const text = await folder.write('text.json', '{')
    await expect(find(text)).rejects.toThrow(`The schema in ${text} is not JSON: `)
  })

  it('takes JSON, the concise syntax, a file, an id, and the schema of a template', async () => {
    expect(await find(' {"type": "array"} ')).toEqual({ type: 'array' })
    expect(await find('name, age int')).toMatchObject({ required: ['name', 'age'] })
    const file = await folder.write('dog.json', `\ufeff${stored}`)
    expect(await find(file)).toEqual(JSON.parse(stored))
    expect(await find('abc123')).toEqual(JSON.parse(stored))
    await folder.write('templates/dog.yaml', 'schema_object:\n  type: object\n  required: [dog]\n')
    expect(await find('t:dog')).toEqual({ type: 'object', required: ['dog'] })
  })
})
