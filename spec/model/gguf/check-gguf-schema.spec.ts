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
  ])('accepts %j', schema => {
    expect(fault(schema)).toBe('none')
  })

  it.each([
    [{ type: 'nonsense' }, 'type is "nonsense", which is not a type here'],
    [{}, 'it has no type'],
    ['string', 'it is not a schema, {…}'],
    [{ type: 'string', pattern: '^a' }, 'pattern is not supported for string'],
    [
      { type: 'object', properties: { age: { type: 'integer', minimum: 0 } } },
      'properties.age.minimum is not supported for integer',
    ],
    [{ type: ['string', 'null'], maxLength: 3 }, 'maxLength is not supported for several types'],
    [{ type: ['string', 'object'] }, 'type is "object", which is not a type here'],
    [{ type: [] }, 'type is [], which is not a type here'],
    [{ type: 'array', items: { type: 'text' } }, 'items.type is "text", which is not a type here'],
    [{ oneOf: [{ type: 'null' }, { type: 'x' }] }, 'oneOf.1.type is "x", which is not a type here'],
    [{ oneOf: [{ type: 'boolean' }], type: 'object' }, 'type is not supported for oneOf'],
    [{ oneOf: [] }, 'oneOf should be a list, […], that is not empty'],
    [{ enum: 'abc' }, 'enum should be a list, […], that is not empty'],
    [{ enum: [] }, 'enum should be a list, […], that is not empty'],
    [{ type: 'string', enum: ['a', 1] }, 'it has the value 1, which is not of its type'],
    [{ const: 1, type: 'string' }, 'it has the value 1, which is not of its type'],
    [{ type: 'string', format: 'email' }, 'format is "email"; supported are: date, time,'],
    [{ type: 'string', maxLength: 'x' }, 'it has a bound on Length that is not a whole number'],
    [{ type: 'string', format: 'date', maxLength: 3 }, 'it has both a format and a length'],
    [{ type: 'array', minItems: 3, maxItems: 2 }, 'it has minItems greater than maxItems'],
    [
      { $ref: '#/$defs/two', $defs: { one: { type: 'string' } } },
      '$ref is "#/$defs/two", which is not in the schema\'s $defs',
    ],
    [{ type: 'object', properties: { a: null } }, 'properties.a is not a schema, {…}'],
    [{ type: 'object', properties: [{ type: 'null' }] }, 'properties should be an object, {…}'],
    [
      { type: 'object', properties: { a: { type: 'null' } }, minProperties: 3 },
      'it has both properties and a number of properties',
    ],
    [
      { type: 'object', properties: { a: { type: 'null' } }, required: ['zz'] },
      'required has "zz", which is not in properties',
    ],
  ])('refuses %j, and names the place', (schema, said) => {
    expect(fault(schema)).toContain(said)
  })
})
