import { compileSchema } from '../../lib/schema/compile-schema.js'
import { parseSchemaDsl } from '../../lib/schema/parse-schema-dsl.js'

describe('compileSchema', () => {
  it.each([
    [{ type: 'objekt' }, 'type must be equal to one of the allowed values: array'],
    [{ type: 'object', properties: [] }, 'properties must be object'],
    [{ type: 'object', properties: { a: { enum: 3 } } }, 'properties.a.enum must be array'],
    [{ $ref: '#/$defs/nothing' }, "can't resolve reference"],
    [{ type: 'string', pattern: '(' }, 'Invalid regular expression'],
  ])('refuses %j, and names the place', async (schema, reason) => {
    await expect(compileSchema(schema)).rejects.toMatchObject({
      code: 'SCHEMA_INVALID',
      reach: 'run',
      message: expect.stringContaining(reason),
    })
  })

  it('says what is wrong with a value, and where', async () => {
    const faultOf = await compileSchema({
      type: 'object',
      properties: {
        label: { enum: ['good', 'bad'] },
        people: { type: 'array', items: { type: 'object', required: ['name'] } },
      },
      required: ['label'],
      additionalProperties: false,
    })
    expect(faultOf({ label: 'good', people: [{ name: 'Ada' }] })).toBeUndefined()
    expect(faultOf({ people: [{}] })).toBe(
      "the value must have required property 'label'; people.0 must have required property 'name'",
    )
    expect(faultOf({ label: 'so so' })).toBe(
      'label must be equal to one of the allowed values: good, bad',
    )
    expect(faultOf({ label: 'bad', mood: 1 })).toBe(
      'the value must NOT have additional properties: mood',
    )
    expect(faultOf('good')).toBe('the value must be object')
  })

  it('names a few of many faults', async () => {
    const faultOf = await compileSchema({ type: 'array', items: { type: 'string' } })
    expect(faultOf(Array.from({ length: 100 }, () => 1))?.split('; ')).toHaveLength(5)
  })

  it('takes schemas of older drafts, with keywords of providers and formats', async () => {
    const draft = 'http://json-schema.org/draft-07/schema#'
    const faultOf = await compileSchema({
      $schema: draft,
      ...parseSchemaDsl('name'),
      'x-order': 1,
      definitions: { date: { type: 'string', format: 'date' } },
    })
    expect(faultOf({ name: 'Ada' })).toBeUndefined()
  })
})
