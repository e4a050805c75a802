// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax under test
import { parseDollarTemplate } from '../../lib/template/parse-dollar-template.js'
import { renderTemplate } from '../../lib/template/render-template.js'
import { placeholderNames } from '../../lib/template/template.js'

describe('parseDollarTemplate', () => {
  it.each([
    ['cost $5', 'line 1, col 6'],
    ['ends in $', 'line 1, col 9'],
    ['one\ntwo $!', 'line 2, col 5'],
    ['${}', 'line 1, col 1'],
    ['${a b}', 'line 1, col 1'],
    ['${open', 'line 1, col 1'],
    ['$é', 'line 1, col 1'],
    ['😀 $', 'line 1, col 3'],
    ['a\r\nb $', 'line 2, col 3'],
  ])('refuses %j as Python does', (text, place) => {
    expect(() => parseDollarTemplate(text)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_INVALID',
        message: `Invalid placeholder in string: ${place}`,
      }),
    )
  })

  it.each([
    ['$name', 'Ada'],
    ['${name}s', 'Adas'],
    ['$name.x', 'Ada.x'],
    ['$nameé', 'Adaé'],
    ['$$name $$$name', '$name $Ada'],
    ['{name} {{', '{name} {{'],
    ['', ''],
  ])('renders %j as %j', (text, expected) => {
    expect(renderTemplate(parseDollarTemplate(text), { name: 'Ada' })).toBe(expected)
  })

  it("takes a template's default only where the row lacks the name", () => {
    const template = parseDollarTemplate('$tone $name', { tone: 'kind', name: 'nobody' })

    expect(renderTemplate(template, { name: 'Ada' })).toBe('kind Ada')
    expect(renderTemplate(template, { name: null })).toBe('kind ')
  })

  it('refuses a name that neither the row nor the defaults have', () => {
    expect(() => renderTemplate(parseDollarTemplate('$x'), { name: 'Ada' })).toThrow(
      'Template variable not found: $x',
    )
  })

  it('names what it asks for', () => {
    expect(placeholderNames(parseDollarTemplate('$b ${a} $$c $b'))).toEqual(['b', 'a'])
  })
})
