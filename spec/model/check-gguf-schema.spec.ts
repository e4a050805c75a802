import { checkGgufSchema } from '../../lib/model/check-gguf-schema.js'

const fault = (schema: unknown): string => {
  try {
    checkGgufSchema(schema)
    return 'none'
  } catch (error) {
    return (error as Error).message.replace('The JSON schema cannot be used: ', '')
  }
}

describe('checkGgufSchema', () => {
  it.each([
    [{ type: 'object', properties: { a: { type: 'string', maxLength: 9 } }, required: ['a'] }],
    [{ type: 'array', items: { enum: ['a', 1, null] }, minItems: 1, title: 'Some', $schema: 's' }],
    [{ oneOf: [{ const: 'a' }, { type: ['integer', 'null'] }] }],
    [{ type: 'string', format: 'date' }],
    [{ type: 'object', properties: {}, additionalProperties: { type: 'number' } }],
    [{ type: 'object', additionalProperties: true }],
    [{ type: 'object', properties: { required: { type: 'string' } } }],
    [{ $ref: '#/$defs/one', $defs: { one: { type: 'string' } } }],
    [
      {
        type: 'object',
        properties: { next: { $ref: '#/$defs/one' } },
        $defs: { one: { type: 'array', items: { $ref: '#/$defs/one' } } },
      },
    ],
  ])('takes %j', schema => {
    expect(fault(schema)).toBe('none')
  })

  it.each([
    [{ type: 'nonsense' }, 'type is "nonsense", no type'],
    [{}, 'it names no type'],
    ['string', 'it is no schema, {…}'],
    [{ type: 'string', pattern: '^a' }, 'pattern is nothing that a grammar can keep a model to'],
    [
      { type: 'object', properties: { age: { type: 'integer', minimum: 0 } } },
      'properties.age.minimum is nothing that a grammar can keep a model to',
    ],
    [{ type: 'array', items: { type: 'text' } }, 'items.type is "text", no type'],
    [{ oneOf: [{ type: 'null' }, { type: 'x' }] }, 'oneOf.1.type is "x", no type'],
    [
      { type: 'string', format: 'email' },
      'format is "email"; a grammar knows date, time, date-time',
    ],
    [
      { $ref: '#/$defs/two', $defs: { one: { type: 'string' } } },
      '$ref is "#/$defs/two", which is not among the schema\'s $defs',
    ],
    [{ type: 'object', properties: { a: null } }, 'properties.a is no schema, {…}'],
  ])('refuses %j, and says where', (schema, said) => {
    expect(fault(schema)).toBe(said)
  })
})
