import { checkTemplate } from '../../lib/template/check-template.js'
import { parseDollarTemplate } from '../../lib/template/parse-dollar-template.js'
import { parseTemplate } from '../../lib/template/parse-template.js'

describe('checkTemplate', () => {
  it('refuses a name that no row has, before anything is asked', () => {
    expect(() => checkTemplate(parseTemplate('{reveiw_text}'), ['id', 'review_text'])).toThrow(
      expect.objectContaining({
        code: 'COLUMN_MISSING',
        reach: 'run',
        message: 'Template variable not found: {reveiw_text}. The columns are: id, review_text.',
        remedy: 'Did you mean {review_text}?',
      }),
    )
  })

  it('says how to write braces where no column is near', () => {
    expect(() => checkTemplate(parseTemplate('{sentiment}'), ['id'])).toThrow(
      expect.objectContaining({
        remedy: 'Name one of the columns, or write {{sentiment}} for the text itself.',
      }),
    )
  })

  it('lists no more than twenty columns of a wide table', () => {
    const columns = Array.from({ length: 50 }, (_, index) => `c${index}`)

    expect(() => checkTemplate(parseTemplate('{absent_one}'), columns)).toThrow(
      / c19 and 30 more\.$/,
    )
  })

  it('says so when there are no columns at all', () => {
    expect(() => checkTemplate(parseTemplate('{a}'), [])).toThrow('The columns are: (none).')
  })

  it.each(['{id}', '{user.name}', '{a.b}', '{Some Text}', '{"json": 1}', 'no names'])(
    'accepts %s',
    text => {
      expect(() => checkTemplate(parseTemplate(text), ['id', 'user', 'a.b'])).not.toThrow()
    },
  )

  it('says how to read a table that was taken for a text', () => {
    expect(() => checkTemplate(parseTemplate('{question}'), ['prompt'])).toThrow(
      expect.objectContaining({
        message: 'Template variable not found: {question}. The columns are: prompt.',
        remedy: 'A text has only {prompt}. If the input is a table, add --input-format csv.',
      }),
    )
  })

  it('refuses a path into a column that is not there', () => {
    expect(() => checkTemplate(parseTemplate('{usr.name}'), ['user'])).toThrow('{usr.name}')
  })

  it('refuses a path into a cell of a table, but for a column of just that name', () => {
    const template = parseTemplate('{customer.plan}')

    expect(() => checkTemplate(template, ['id', 'customer'], { isFlat: true })).toThrow(
      expect.objectContaining({
        message: 'Template variable not found: {customer.plan}. The columns are: id, customer.',
        remedy: 'A cell of a table has no fields: ask for {customer}, or give the rows as JSON.',
      }),
    )
    expect(() => checkTemplate(template, ['customer.plan'], { isFlat: true })).not.toThrow()
  })

  it("accepts what a saved template's defaults have, and only that", () => {
    expect(() => checkTemplate(parseDollarTemplate('$a', { a: 1 }), [])).not.toThrow()
    expect(() => checkTemplate(parseDollarTemplate('$a', { b: 1 }), [])).toThrow('$a')
    expect(() => checkTemplate(parseDollarTemplate('$constructor'), [])).toThrow('$constructor')
  })

  it.each([
    ['Say $nmae', 'Template variable not found: $nmae.', 'Did you mean $name?'],
    [`Say \${nmae}!`, `Template variable not found: \${nmae}.`, 'Did you mean $name?'],
    [
      'For $sentiment',
      'Template variable not found: $sentiment.',
      'Name one of the columns, or write $$sentiment for the text itself.',
    ],
    [
      `For \${the_tone}`,
      `Template variable not found: \${the_tone}.`,
      `Name one of the columns, or write $\${the_tone} for the text itself.`,
    ],
  ])('speaks of the variables of a saved template as it writes them: %s', (text, what, remedy) => {
    expect(() => checkTemplate(parseDollarTemplate(text), ['id', 'name', 'the name'])).toThrow(
      expect.objectContaining({ message: expect.stringContaining(what), remedy }),
    )
  })

  it('accepts other names for a column, but does not show them among the columns', () => {
    const template = parseTemplate('{input}')
    expect(() => checkTemplate(template, ['prompt'], { further: ['input'] })).not.toThrow()
    expect(() =>
      checkTemplate(parseTemplate('{nothing}'), ['prompt'], { further: ['input'] }),
    ).toThrow('The columns are: prompt.')
    expect(() =>
      checkTemplate(parseTemplate('{inptu}'), ['prompt'], { further: ['input'] }),
    ).toThrow(expect.objectContaining({ remedy: 'Did you mean {input}?' }))
  })

  it('shows a column without a name, and never suggests it', () => {
    expect(() => checkTemplate(parseTemplate('{b}'), ['', 'x.y.z'])).toThrow(
      expect.objectContaining({
        message: 'Template variable not found: {b}. The columns are: "", x.y.z.',
        remedy: 'Name one of the columns, or write {{b}} for the text itself.',
      }),
    )
  })
})
