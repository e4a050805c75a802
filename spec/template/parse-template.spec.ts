import fc from 'fast-check'
import { parseTemplate } from '../../lib/template/parse-template.js'
import { renderTemplate } from '../../lib/template/render-template.js'
import { placeholderNames } from '../../lib/template/template.js'

const columns = { name: 'Ada', 'Review Text': 'Good', '2024': 'year', größe: 'XL', v1: 'one' }
const render = (text: string) => renderTemplate(parseTemplate(text), columns)

describe('parseTemplate', () => {
  it.each([
    ['JSON', '{"a": 1}'],
    ['an empty object', '{}'],
    ['braces around white space', '{ } {  }'],
    ['nested JSON, which ends in two braces', '{"a": {"b": {"c": 1}}}'],
    ['empty objects in one another', '{"a":{}}'],
    ['JSON over many lines', '{\n  "a": {\n    "b": 1\n  }}'],
    ['a brace that nothing closes', 'a { b'],
    ['a brace that nothing opens', 'a } b'],
    ['a repeat count of a pattern', '\\d{3}-\\d{2,4}'],
    ['a name that no column has, when it is more than a word', '{Some Other Text}'],
    ['a name with spaces around it', '{ name }'],
    ['dots alone', '{...} {.} {-}'],
  ])('leaves %s as it is', (_what, text) => {
    expect(render(text)).toBe(text)
  })

  it.each([
    ['{name}', 'Ada'],
    ['Hi {name}, {name}!', 'Hi Ada, Ada!'],
    ['{größe}/{v1}', 'XL/one'],
    ['{Review Text}', 'Good'],
    ['{2024}', 'year'],
    ['{ "x": {name} }', '{ "x": Ada }'],
    ['{"x": {"y": {name}}}', '{"x": {"y": Ada}}'],
    ['{{name}}', '{name}'],
    ['{{{name}}}', '{Ada}'],
    ['{{"a": {{"b": {name}}}}}', '{"a": {"b": Ada}}'],
    ['{{"a": {"b": 1}}}', '{"a": {"b": 1}}'],
    ['}}{{', '}{'],
    [':{ then {{x}}', ':{ then {x}'],
  ])('renders %j as %j', (text, expected) => {
    expect(render(text)).toBe(expected)
  })

  it('gives back any text whose braces were doubled', () => {
    fc.assert(
      fc.property(bracedText, text => {
        expect(render(escaped(text))).toBe(text)
      }),
    )
  })

  it('puts a value between any two texts whose braces were doubled', () => {
    fc.assert(
      fc.property(bracedText, bracedText, (before, after) => {
        expect(render(`${escaped(before)}{name}${escaped(after)}`)).toBe(`${before}Ada${after}`)
      }),
    )
  })

  it('leaves any JSON as it is', () => {
    const spaced = fc.jsonValue().filter(value => !/[{}]/.test(strings(value)))
    fc.assert(
      fc.property(spaced, value => {
        const text = JSON.stringify(value)
        expect(render(text)).toBe(text)
      }),
    )
  })

  it('reads a hundred thousand open braces without delay', () => {
    const text = '{'.repeat(100_001)

    expect(render(`${text}name`)).toHaveLength(50_001 + 4)
  })
})

describe('placeholderNames', () => {
  it('lists the names that must be there, each once, in order', () => {
    const template = parseTemplate('{b} {a.x} {Review Text} {b} {{c}} {"d": 1}')

    expect(placeholderNames(template)).toEqual(['b', 'a.x'])
  })
})

const bracedText = fc
  .array(fc.constantFrom('{', '}', 'name', '"', ' ', '\n', 'é', '$'))
  .map(parts => parts.join(''))

function escaped(text: string): string {
  return text.replaceAll('{', '{{').replaceAll('}', '}}')
}

/** All strings and keys in a JSON value, one after the other. */
function strings(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  return Object.entries(value)
    .map(([key, inner]) => key + strings(inner))
    .join('')
}
