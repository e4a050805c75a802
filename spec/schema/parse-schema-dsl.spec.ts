import { parseSchemaDsl } from '../../lib/schema/parse-schema-dsl.js'

describe('parseSchemaDsl', () => {
  it.each([
    ['name, age number', "Invalid schema DSL: unknown type 'number' for field 'age'"],
    ['name, name int', "Invalid schema DSL: duplicate field name 'name'"],
    ['name, : the age', "Invalid schema DSL: field ': the age' is missing a name before ':'"],
    ['a toString', "Invalid schema DSL: unknown type 'toString' for field 'a'"],
  ])('refuses %j in the words of llm', (text, message) => {
    expect(() => parseSchemaDsl(text)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_INVALID', reach: 'run', message }),
    )
  })

  it('takes fields between commas, with types and descriptions', () => {
    expect(
      parseSchemaDsl('name, age int, height float, dead bool, bio str: one sentence,'),
    ).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string' },
        age: { type: 'integer' },
        height: { type: 'number' },
        dead: { type: 'boolean' },
        bio: { type: 'string', description: 'one sentence' },
      },
      required: ['name', 'age', 'height', 'dead', 'bio'],
    })
  })

  it('takes a field a line, with commas in descriptions, and names of any kind', () => {
    const schema = parseSchemaDsl('\nname: first, then last\n__proto__ int further words\n')
    expect(JSON.stringify(schema)).toBe(
      '{"type":"object","properties":{"name":{"type":"string","description":"first, then last"},' +
        '"__proto__":{"type":"integer"}},"required":["name","__proto__"]}',
    )
  })
})
