import { checkParams } from '../../lib/template/check-params.js'
import { parseDollarTemplate } from '../../lib/template/parse-dollar-template.js'
import { parseTemplate } from '../../lib/template/parse-template.js'

describe('checkParams', () => {
  const templates = [
    parseDollarTemplate('Greet $name in $language'),
    parseTemplate('{Mood of day}'),
  ]

  it.each([
    ['langauge', '-p langauge is not asked for by the template', 'Did you mean -p language?'],
    [
      'zzzzzz',
      '-p zzzzzz is not asked for by the template',
      'The template asks for: language, Mood of day.',
    ],
    [
      'name',
      '-p name cannot be set: name is a column of the input',
      expect.stringContaining('Leave out -p name'),
    ],
    ['input', "-p input cannot be set: input is the row's own prompt", expect.anything()],
  ])('refuses %s', (param, message, remedy) => {
    expect(() => checkParams([param], templates, ['name'])).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', reach: 'run', message, remedy }),
    )
  })

  it('says so if the template asks for columns only', () => {
    expect(() => checkParams(['x'], [parseTemplate('{name}')], ['name'])).toThrow(
      expect.objectContaining({ remedy: 'The template asks for: no name that is not a column.' }),
    )
  })

  it('takes params that a template or the system prompt asks for', () => {
    expect(() => checkParams(['language', 'Mood of day'], templates, ['name'])).not.toThrow()
    expect(() => checkParams([], templates, [])).not.toThrow()
  })
})
