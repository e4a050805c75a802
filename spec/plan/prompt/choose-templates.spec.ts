import {
  chooseTemplates,
  findTemplate,
  templateWarnings,
} from '../../../lib/plan/prompt/choose-templates.js'
import { renderTemplate } from '../../../lib/template/render-template.js'
import { placeholderNames } from '../../../lib/template/template.js'
import { makeWorkdir } from '../../support/workdir.js'

const saved = { defaults: {}, fragments: [], systemFragments: [] }

describe('findTemplate', () => {
  it('takes the saved template of a name, else a text, but refuses a word that is no name', async () => {
    const workdir = await makeWorkdir()
    try {
      await workdir.write('templates/summary.yaml', 'prompt: "Summarize: $input"')
      const find = (given?: string) => findTemplate(workdir.path, given)

      expect(await find()).toEqual({})
      expect(await find('summary')).toMatchObject({ saved: { prompt: 'Summarize: $input' } })
      expect(await find('Rate {review}')).toEqual({ text: 'Rate {review}' })
      await expect(find('sumary')).rejects.toMatchObject({
        ...{ code: 'TEMPLATE_NOT_FOUND', reach: 'run', message: 'Template not found: sumary' },
        remedy: expect.stringMatching(/^Did you mean summary\? Name a template/),
      })
      await expect(find('zzzzzzzzzzzz')).rejects.toMatchObject({
        remedy: expect.stringMatching(/^Name a template/),
      })
    } finally {
      await workdir.remove()
    }
  })
})

describe('chooseTemplates', () => {
  it('asks the row itself when nothing says otherwise', () => {
    const { template } = chooseTemplates({ columns: ['id', 'prompt'] })

    expect(renderTemplate(template, { id: '1', prompt: 'Why?' })).toBe('Why?')
  })

  it('refuses a table without a column prompt when there is no template, and names the columns', () => {
    expect(() => chooseTemplates({ columns: ['id', 'review'] })).toThrow(
      expect.objectContaining({
        code: 'COLUMN_MISSING',
        reach: 'run',
        remedy: expect.stringMatching(/\{id\}.*id, review/),
      }),
    )
  })

  it('refuses a name that is no column', () => {
    expect(() => chooseTemplates({ template: 'Say {reveiw}', columns: ['review'] })).toThrow(
      'Template variable not found: {reveiw}',
    )
    expect(() =>
      chooseTemplates({ template: 'x {review}', system: 'As {nobody}', columns: ['review'] }),
    ).toThrow('Template variable not found: {nobody}')
  })

  it('refuses a field of a cell, where rows are those of a table', () => {
    const asked = { template: 'For {customer.plan}', columns: ['customer'] }

    expect(() => chooseTemplates(asked)).not.toThrow()
    expect(() => chooseTemplates({ ...asked, isColumnsFixed: true })).toThrow(
      'Template variable not found: {customer.plan}',
    )
    const system = { template: '{customer}', system: 'As {customer.plan}', columns: ['customer'] }
    expect(() => chooseTemplates({ ...system, isColumnsFixed: true })).toThrow('{customer.plan}')
  })

  it('takes fragments off the front, and the row itself where nothing follows them', () => {
    const alone = chooseTemplates({ template: '!fragment rules', columns: ['prompt'] })

    expect(alone.fragments).toEqual(['rules'])
    expect(renderTemplate(alone.template, { prompt: 'Why?' })).toBe('Why?')
    expect(
      chooseTemplates({ template: '!fragment rules\nOn {prompt}', columns: ['prompt'] }).fragments,
    ).toEqual(['rules'])
  })

  it('refuses fragments, or a saved system prompt, alone on a table: every row would get the same', () => {
    const columns = ['id', 'review']
    const fragments = { saved: { ...saved, fragments: ['rules'] }, columns }
    const message = 'The template uses no column, and there is no column "prompt"'
    const remedyOf = (options: Parameters<typeof chooseTemplates>[0]) => {
      try {
        return chooseTemplates(options)
      } catch (error: any) {
        expect(error).toMatchObject({ code: 'COLUMN_MISSING', message })
        return error.remedy
      }
    }
    expect(remedyOf({ template: '!fragment rules.txt', columns })).toBe(
      'Add what to ask after the fragments, such as "Summarize: {id}". The columns are: id, review.',
    )
    expect(remedyOf(fragments)).toBe(
      `Give it a prompt, such as "prompt: 'Summarize: $id'". The columns are: id, review.`,
    )
  })

  it('takes input for the row itself, but for no column', () => {
    const { template } = chooseTemplates({ template: 'On {input}', columns: ['prompt'] })
    expect(placeholderNames(template)).toEqual(['input'])
    expect(() => chooseTemplates({ template: '{nothing}', columns: ['prompt'] })).toThrow(
      'The columns are: prompt.',
    )
  })

  it('takes a saved template with the columns as its variables', () => {
    const { template, system } = chooseTemplates({
      saved: {
        ...saved,
        prompt: 'To $language: $text',
        system: 'Be $tone',
        defaults: { tone: 'kind' },
      },
      columns: ['language', 'text'],
    })
    const columns = { language: 'French', text: 'Hello {text}' }

    expect(renderTemplate(template, columns)).toBe('To French: Hello {text}')
    expect(system && renderTemplate(system, columns)).toBe('Be kind')
  })

  it('puts the row itself after a saved template that asks for no variable', () => {
    const { template } = chooseTemplates({
      saved: { ...saved, prompt: 'Summarize:' },
      columns: ['prompt'],
    })

    expect(renderTemplate(template, { prompt: 'a line' })).toBe('Summarize:\na line')
  })

  it('lets a system prompt that was given win over the saved one', () => {
    const { system } = chooseTemplates({
      saved: { ...saved, system: 'saved' },
      system: 'given for {prompt}',
      columns: ['prompt'],
    })

    expect(system && renderTemplate(system, { prompt: 'me' })).toBe('given for me')
  })

  it('refuses what nearly names a column, unless braces are literal', () => {
    const asked = { template: 'Rate {{review}} of {review}', columns: ['review'] }

    expect(() => chooseTemplates(asked)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID', reach: 'run' }),
    )
    const { template } = chooseTemplates({ ...asked, literalBraces: true })
    expect(renderTemplate(template, { review: 'it' })).toBe('Rate {review} of it')
  })

  it('names the proposed column in the remedy', () => {
    expect(() => chooseTemplates({ columns: ['id', 'review'], proposed: 'review' })).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('"Summarize: {review}"') }),
    )
  })

  it('checks nothing where no column is known, as in an empty input', () => {
    expect(() => chooseTemplates({ template: '{anything}', columns: [] })).not.toThrow()
  })

  it('lets rows of JSON bring their own messages if no text is given', () => {
    const columns = ['id', 'messages']

    expect(chooseTemplates({ columns }).isOwnMessages).toBe(true)
    expect(chooseTemplates({ columns: ['prompt'] }).isOwnMessages).toBe(true)
    expect(chooseTemplates({ columns, saved: { ...saved, system: 'As {id}' } }).isOwnMessages).toBe(
      true,
    )
    expect(chooseTemplates({ columns, template: '{id}' }).isOwnMessages).toBe(false)
    expect(chooseTemplates({ columns, saved: { ...saved, prompt: '$id' } }).isOwnMessages).toBe(
      false,
    )
    expect(() => chooseTemplates({ columns, saved: { ...saved, fragments: ['a'] } })).toThrow(
      'there is no column "prompt"',
    )
    expect(() => chooseTemplates({ columns, system: 'As {who}' })).toThrow('{who}')
  })

  it('says of a table with a column of messages where lists of messages are asked from', () => {
    expect(() => chooseTemplates({ columns: ['messages'], isColumnsFixed: true })).toThrow(
      expect.objectContaining({
        remedy: expect.stringContaining('Lists of messages are asked from JSON and JSONL.'),
      }),
    )
  })
})

describe('templateWarnings', () => {
  it('says which of the two is asked if rows have messages and a prompt', () => {
    const columns = ['prompt', 'messages']

    expect(templateWarnings(chooseTemplates({ columns }), columns)).toEqual([
      expect.stringContaining('the messages are asked'),
    ])
    expect(templateWarnings(chooseTemplates({ columns, template: '{prompt}' }), columns)).toEqual(
      [],
    )
  })
})
