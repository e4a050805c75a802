import { checkGgufSchema } from '../../../lib/model/gguf/check-gguf-schema.js'

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
    [{ type: 'string', enum: ['a', 'b'] }],
    [{ type: 'integer', const: 4 }],
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
    [{ type: 'nonsense' }, 'type is "nonsense", no type here'],
    [{}, 'it names no type'],
    ['string', 'it is no schema, {…}'],
    [{ type: 'string', pattern: '^a' }, 'pattern is nothing that a grammar can keep a model to'],
    [
      { type: 'object', properties: { age: { type: 'integer', minimum: 0 } } },
      'properties.age.minimum is nothing that a grammar can keep a model to, beside integer',
    ],
    [{ type: ['string', 'null'], maxLength: 3 }, 'maxLength is nothing that a grammar can keep'],
    [{ type: ['string', 'object'] }, 'type is "object", no type here'],
    [{ type: [] }, 'type is [], no type here'],
    [{ type: 'array', items: { type: 'text' } }, 'items.type is "text", no type here'],
    [{ oneOf: [{ type: 'null' }, { type: 'x' }] }, 'oneOf.1.type is "x", no type here'],
    [{ oneOf: [{ type: 'boolean' }], type: 'object' }, 'type is nothing that a grammar can keep'],
    [{ oneOf: [] }, 'oneOf should be a list, […], with something in it'],
    [{ enum: 'abc' }, 'enum should be a list, […], with something in it'],
    [{ enum: [] }, 'enum should be a list, […], with something in it'],
    [{ type: 'string', enum: ['a', 1] }, 'it has the value 1, which it cannot be'],
    [{ const: 1, type: 'string' }, 'it has the value 1, which it cannot be'],
    [{ type: 'string', format: 'email' }, 'format is "email"; a grammar knows date, time,'],
    [{ type: 'string', maxLength: 'x' }, 'it has a bound on Length that is no whole number'],
    [{ type: 'string', format: 'date', maxLength: 3 }, 'it has both a format and a length'],
    [{ type: 'array', minItems: 3, maxItems: 2 }, 'it has minItems over maxItems'],
    [
      { $ref: '#/$defs/two', $defs: { one: { type: 'string' } } },
      '$ref is "#/$defs/two", which is not among the schema\'s $defs',
    ],
    [{ type: 'object', properties: { a: null } }, 'properties.a is no schema, {…}'],
    [{ type: 'object', properties: [{ type: 'null' }] }, 'properties should be an object, {…}'],
    [
      { type: 'object', properties: { a: { type: 'null' } }, minProperties: 3 },
      'it has a number of properties beside their names',
    ],
    [
      { type: 'object', properties: { a: { type: 'null' } }, required: ['zz'] },
      'required has "zz", which is not among the properties',
    ],
  ])('refuses %j, and says where', (schema, said) => {
    expect(fault(schema)).toContain(said)
  })
})
