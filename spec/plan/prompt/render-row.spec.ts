import { renderRow } from '../../../lib/plan/prompt/render-row.js'
import { parseDollarTemplate } from '../../../lib/template/parse-dollar-template.js'
import { parseTemplate } from '../../../lib/template/parse-template.js'
import { fault, row } from '../../support/rows.js'

const plain = {
  template: parseTemplate('On {prompt}'),
  fragments: [],
  systemFragments: [],
  modelId: 'm',
  modelOptions: {},
}
const fragment = (content: string) => ({ hash: content, content })

describe('renderRow', () => {
  it('makes a prompt with text, system, fragments and options', () => {
    const render = renderRow({
      ...plain,
      system: parseTemplate('As {role}'),
      fragments: [fragment('rules')],
      modelOptions: { temperature: 0 },
    })

    expect(render(row(3, { prompt: 'tea', role: 'poet' }))).toMatchObject({
      kind: 'prompt',
      text: 'On tea',
      system: 'As poet',
      fragments: [{ content: 'rules' }],
      options: { temperature: 0 },
      row: { index: 3 },
    })
  })

  it('takes a text alone for the template', () => {
    expect(renderRow('Rate {a}')(row(0, { a: 'it' }))).toMatchObject({ text: 'Rate it' })
  })

  it('gives equal prompts equal hashes, whatever their rows', () => {
    const render = renderRow(plain)

    expect(render(row(0, { prompt: 'tea', id: '1' })).hash).toBe(
      render(row(9, { prompt: 'tea', id: '2' })).hash,
    )
  })

  it('gives prompts that differ in anything different hashes', () => {
    const asked = row(0, { prompt: 'tea' })
    const hashes = [
      plain,
      { ...plain, modelId: 'other' },
      { ...plain, modelOptions: { temperature: 0 } },
      { ...plain, system: parseTemplate('kindly') },
      { ...plain, fragments: [fragment('rules')] },
      { ...plain, template: parseTemplate('About {prompt}') },
    ].map(options => renderRow(options)(asked).hash)

    expect(new Set(hashes).size).toBe(hashes.length)
  })

  it('joins system fragments and the system prompt as llm does', () => {
    const render = renderRow({
      ...plain,
      system: parseTemplate(' be kind '),
      systemFragments: [fragment('\nfirst\n'), fragment('  ')],
    })

    expect(render(row(0)).system).toBe('first\n\nbe kind')
  })

  it.each([
    ['a fragment alone', [fragment(' first ')], 'first'],
    ['blank fragments', [fragment(' '), fragment('\n')], undefined],
  ])('makes the system prompt of %s', (_what, systemFragments, system) => {
    const made = renderRow({ ...plain, systemFragments })(row(0))
    expect(made.system).toBe(system)
    expect(made).toMatchObject({ systemFragments, ownSystem: undefined })
  })

  it('sends a picture with a blank prompt, but counts a list of none as none', () => {
    const picture = { id: 'a', type: 'image/png', path: '/a.png', loadedBytes: 1 }
    const render = (attachments: (typeof picture)[]) =>
      renderRow({ template: '{prompt}', attachments })

    expect(render([picture])(row(0, { prompt: '' })).attachments).toEqual([picture])
    expect(render([])(row(0, { prompt: 'tea' }))).not.toHaveProperty('attachments')
    expect(() => render([])(row(0, { prompt: '' }))).toThrow('The prompt is blank')
  })

  it('means the row itself by $input, unless a column has that name', () => {
    const render = renderRow({ ...plain, template: parseDollarTemplate('$input!') })

    expect(render(row(0, { prompt: 'mine' })).text).toBe('mine!')
    expect(render(row(0, { prompt: 'mine', input: 'own' })).text).toBe('own!')
    expect(render(row(0, { other: 'mine' })).text).toBe('!')
  })

  it('refuses a row that could not be written, before it is asked', () => {
    const error = fault('COLUMN_UNEXPECTED', 'row')
    const checkColumns = () => {
      throw error
    }

    expect(() => renderRow({ ...plain, checkColumns })(row(0))).toThrow(error)
  })

  describe('with the messages of rows', () => {
    const messages = [
      { role: 'user', content: 'A lake?' },
      { role: 'assistant', content: 'Como.' },
      { role: 'user', content: 'And a river?' },
    ]
    const own = { ...plain, isOwnMessages: true }

    it('asks them instead of the template', () => {
      const made = renderRow(own)(row(0, { messages, prompt: 'tea' }))

      expect(made).toMatchObject({ text: 'And a river?', system: undefined, fragments: [] })
      expect(made.messages?.map(({ given }) => given)).toEqual(messages)
    })

    it('asks the template for a row that has a prompt and no list of messages', () => {
      const render = renderRow(own)

      expect(render(row(0, { prompt: 'tea', messages: 'none' }))).toMatchObject({ text: 'On tea' })
      expect(render(row(0, { prompt: 'tea' }))).not.toHaveProperty('messages')
      expect(renderRow(plain)(row(0, { prompt: 'tea', messages }))).not.toHaveProperty('messages')
    })

    it('fails a row whose messages are malformed, and names its line', () => {
      expect(() => renderRow(own)({ ...row(4, { messages: 'Hi' }), line: 9 })).toThrow(
        'Line 9: messages is not a list',
      )
      expect(() => renderRow(own)(row(4, { messages: [{ role: 'user' }] }))).toThrow(
        'Row 5: messages[0] ("user") has no content',
      )
    })

    it('fails a row that the model cannot take', () => {
      const faultOfMessages = () => "Google's API takes no input_audio"

      expect(() =>
        renderRow({ ...own, faultOfMessages })({ ...row(0, { messages }), line: 2 }),
      ).toThrow("Line 2: messages: Google's API takes no input_audio")
    })

    it('puts --system first, and fails a row that has a system message of its own', () => {
      const render = renderRow({ ...own, system: parseTemplate('As {who}') })

      const made = render(row(0, { messages, who: 'poet' }))
      expect(made.system).toBe('As poet')
      expect(made.messages?.[0]).toEqual({
        role: 'system',
        parts: [{ kind: 'text', text: 'As poet' }],
      })

      const withSystem = [...messages, { role: 'developer', content: 'Be kind' }]
      expect(() => render(row(0, { messages: withSystem, who: 'poet' }))).toThrow(
        expect.objectContaining({ code: 'RECORD_INVALID', reach: 'row' }),
      )
    })

    it('takes the first message for the system prompt if it is one', () => {
      const withSystem = [{ role: 'system', content: 'Be kind' }, ...messages]

      expect(renderRow(own)(row(0, { messages: withSystem })).system).toBe('Be kind')
    })

    it('has no system prompt if the first message is a blank one of the system', () => {
      const withSystem = [{ role: 'system', content: '' }, ...messages]

      expect(renderRow(own)(row(0, { messages: withSystem })).system).toBeUndefined()
    })

    it('puts the fragments of the system prompt first, and keeps them apart for the log', () => {
      const systemFragments = [fragment('rules')]
      const system = parseTemplate('As {who}')
      const render = renderRow({ ...own, system, systemFragments })

      const made = render(row(0, { messages, who: 'poet' }))
      expect(made).toMatchObject({ system: 'rules\n\nAs poet', systemFragments })
      expect(made.ownSystem).toBe('As poet')
      expect(made.messages?.map(({ role }) => role)).toEqual([
        'system',
        'user',
        'assistant',
        'user',
      ])
    })

    it('fails a row whose messages would get files, or are null', () => {
      const attachments = [{ id: 'a', type: 'image/png', path: '/a.png', loadedBytes: 1 }]

      expect(() => renderRow({ ...own, attachments })(row(0, { messages }))).toThrow(
        expect.objectContaining({ code: 'RECORD_INVALID', reach: 'row' }),
      )
      expect(() => renderRow(own)(row(4, { messages: null }))).toThrow('Row 5: messages')
    })

    it('gives equal conversations equal hashes, whatever the order of members', () => {
      const hashOf = (messages: any, system?: string) =>
        renderRow({ ...own, ...(system && { system: parseTemplate(system) }) })(
          row(0, { messages }),
        ).hash
      const turned = messages.map(({ role, content }) => ({ content, role }))

      expect(hashOf(turned)).toBe(hashOf(messages))
      const hashes = [
        hashOf(messages),
        hashOf(messages, 'kindly'),
        hashOf(messages.slice(2)),
        hashOf(messages.map(message => ({ ...message, name: 'Ada' }))),
        renderRow({ ...plain, template: parseTemplate('And a river?') })(row(0, {})).hash,
      ]
      expect(new Set(hashes).size).toBe(hashes.length)
    })
  })
})

describe('renderRow, of a blank prompt', () => {
  const render = (text: string, allowEmpty: boolean) =>
    renderRow({
      ...{ template: parseTemplate('{a}\n'), fragments: [], systemFragments: [] },
      ...{ modelId: 'm', modelOptions: {}, allowEmpty },
    })({ kind: 'row', index: 0, columns: { a: text } })

  it('asks a row with a blank text if it has a file, but not if its cell is blank too', () => {
    const asked = renderRow({
      ...{ template: parseTemplate('{text}'), fragments: [], systemFragments: [] },
      ...{ modelId: 'm', modelOptions: {}, attachmentColumn: 'file' },
    })

    expect(asked(row(0, { text: '', file: 'a.png' }))).toMatchObject({ text: '' })
    for (const file of ['', ' ', null]) {
      expect(() => asked(row(0, { text: '', file }))).toThrow('The prompt is blank')
    }
  })

  it.each(['', ' \t', '\u00a0'])('fails the row, unless the prompt may be blank: %j', text => {
    expect(() => render(text, false)).toThrow(
      expect.objectContaining({ code: 'PROMPT_EMPTY', reach: 'row' }),
    )
    expect(render(text, true).text).toBe(`${text}\n`)
  })

  const ask = (messages: unknown, allowEmpty: boolean) =>
    renderRow({ ...plain, system: parseTemplate('Be kind'), isOwnMessages: true, allowEmpty })(
      row(0, { messages } as never),
    )

  it('fails a row whose messages are all blank, unless they may be', () => {
    const messages = [{ role: 'user', content: ' \n' }]
    expect(() => ask(messages, false)).toThrow(expect.objectContaining({ code: 'PROMPT_EMPTY' }))
    expect(ask(messages, true).messages).toHaveLength(2)
  })

  it.each([
    ['an image', [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }]],
    ['a text', 'Why?'],
  ])('asks messages with %s beside a blank one', (_what, content) => {
    const messages = [
      { role: 'user', content: ' ' },
      { role: 'user', content },
    ]
    expect(ask(messages, false).messages).toHaveLength(3)
  })
})
