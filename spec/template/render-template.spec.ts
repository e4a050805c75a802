import fc from 'fast-check'
import type { Columns } from '../../lib/row/row.js'
import { parseDollarTemplate } from '../../lib/template/parse-dollar-template.js'
import { parseTemplate } from '../../lib/template/parse-template.js'
import { renderTemplate } from '../../lib/template/render-template.js'

const render = (text: string, columns: Columns) => renderTemplate(parseTemplate(text), columns)

describe('renderTemplate', () => {
  it('refuses a name the row lacks, and says what the row has', () => {
    expect(() => render('{nmae}', { name: 'Ada', age: 36 })).toThrow(
      expect.objectContaining({
        code: 'COLUMN_MISSING',
        reach: 'row',
        message: 'Template variable not found: {nmae}',
        remedy: 'The row has: name, age. Did you mean {name}?',
      }),
    )
  })

  it('speaks of the variables of a saved template as it writes them', () => {
    expect(() => renderTemplate(parseDollarTemplate('Say $nmae'), { name: 'Ada' })).toThrow(
      expect.objectContaining({
        message: 'Template variable not found: $nmae',
        remedy: 'The row has: name. Did you mean $name?',
      }),
    )
  })

  it.each([
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    'length',
    'list.length',
    'a.constructor.name',
    'text.0',
  ])('never reaches {%s}, which is no column', name => {
    expect(() => render(`{${name}}`, { a: {}, list: [1], text: 'abc' })).toThrow(
      `Template variable not found: {${name}}`,
    )
  })

  it('reads a column called __proto__ or constructor when the row really has it', () => {
    const columns = JSON.parse('{"__proto__": "p", "constructor": "c"}') as Columns

    expect(render('{__proto__}{constructor}', columns)).toBe('pc')
  })

  it('reads columns of a row without a prototype', () => {
    const columns = Object.assign(Object.create(null), { name: 'Ada' }) as Columns

    expect(render('{name}', columns)).toBe('Ada')
  })

  it.each([
    [null, ''],
    ['', ''],
    [0, '0'],
    [1.5, '1.5'],
    [false, 'false'],
    [12345678901234567890n, '12345678901234567890'],
    [{ a: [1, 'x'] }, '{"a":[1,"x"]}'],
    [[], '[]'],
  ])('writes %p as %j', (value, expected) => {
    expect(render('<{x}>', { x: value })).toBe(`<${expected}>`)
  })

  it('follows dots into objects and arrays', () => {
    const columns = { user: { name: 'Ada', tags: ['first', { label: 'second' }], none: null } }

    expect(render('{user.name} {user.tags.0} {user.tags.1.label}{user.none}', columns)).toBe(
      'Ada first second',
    )
  })

  it('follows no dots in what is more than a word', () => {
    const columns = { 'my user': { name: 'Ada' } }

    expect(render('{my user.name}', columns)).toBe('{my user.name}')
  })

  it('prefers the column with exactly that name to the path', () => {
    expect(render('{user.name}', { 'user.name': 'flat', user: { name: 'deep' } })).toBe('flat')
    expect(render('<{user.name}>', { 'user.name': null })).toBe('<>')
  })

  it.each(['user.age', 'user.name.first', 'user.tags.7', 'user.tags.-1', 'user.tags.00'])(
    'refuses {%s}, which leads nowhere',
    name => {
      expect(() => render(`{${name}}`, { user: { name: 'Ada', tags: ['x'] } })).toThrow(
        `Template variable not found: {${name}}`,
      )
    },
  )

  it('never expands a value that was put in', () => {
    const braced = fc
      .array(fc.constantFrom('{', '}', '{a}', '{b}', '{{a}}', '$a', '$&', '$1', 'x'))
      .map(parts => parts.join(''))
    fc.assert(
      fc.property(braced, braced, (a, b) => {
        expect(render('{a}|{b}', { a, b })).toBe(`${a}|${b}`)
      }),
    )
  })
})
