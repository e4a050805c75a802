import { schemaColumns, schemaOfOne } from '../../lib/schema/schema-columns.js'
import { schemaOfSeveral } from '../../lib/schema/schema-of-several.js'

const person = { type: 'object', properties: { name: {}, age: {} } }

describe('schemaColumns', () => {
  it('names the top-level properties in their order', () => {
    expect(schemaColumns(person)).toEqual(['name', 'age'])
    expect(schemaColumns({ $ref: '#/$defs/Person', $defs: { Person: person } })).toEqual([
      'name',
      'age',
    ])
  })

  it.each([
    { type: 'object' },
    { type: 'object', properties: {} },
    { type: 'array', items: person },
    { properties: null },
    { $ref: '#/$defs/Nobody', $defs: { Person: person } },
  ])('knows no names for %j', schema => {
    expect(schemaColumns(schema)).toEqual([])
  })
})

describe('schemaOfOne', () => {
  it('is the schema of an entry of items', () => {
    expect(schemaColumns(schemaOfOne(schemaOfSeveral(person)) ?? {})).toEqual(['name', 'age'])
    const referred = schemaOfSeveral({ $ref: '#/definitions/Person' })
    const schema = { ...referred, definitions: { Person: person } }
    expect(schemaColumns(schemaOfOne(schema) ?? {})).toEqual(['name', 'age'])
  })

  it('is undefined for any other schema', () => {
    expect(schemaOfOne(person)).toBeUndefined()
  })
})
