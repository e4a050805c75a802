import { loadMessageHash } from '../../../lib/store/llm-log/message-hash.js'
import { keepSchema } from '../../../lib/store/llm-log/schema-id.js'

const bio = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' }, bio: { type: 'string' } },
  required: ['name', 'age', 'bio'],
}
const items = {
  type: 'object',
  properties: { name: { type: 'string' }, ten_word_bio: { type: 'string' } },
  required: ['name', 'ten_word_bio'],
}

describe('keepSchema', () => {
  it('gives a schema the id that llm gives it', async () => {
    const hash = await loadMessageHash()
    const umlaut = { type: 'object', properties: { näme: { type: 'string' } }, required: ['näme'] }
    const many = {
      type: 'object',
      properties: { items: { type: 'array', items } },
      required: ['items'],
    }

    const kept = [umlaut, bio, many].map(schema => keepSchema(schema, hash))

    expect(kept.map(({ id }) => id)).toEqual([
      'a74887987e7ff5e416b9358248b858ba',
      '9c57ef588ee1f02a093277cef6138619',
      '44b0ed887cc0ca90a70db58ab3fed55c',
    ])
    expect(kept[0]?.content).toContain('"n\\u00e4me"')
  })
})
