import { renderRow } from '../../lib/plan/render-row.js'
import { parseDollarTemplate } from '../../lib/template/parse-dollar-template.js'
import { parseTemplate } from '../../lib/template/parse-template.js'
import { fault, row } from '../support/rows.js'

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

  it('means the row itself by $input, unless a column has that name', () => {
    const render = renderRow({ ...plain, template: parseDollarTemplate('$input!') })

    expect(render(row(0, { prompt: 'mine' })).text).toBe('mine!')
    expect(render(row(0, { prompt: 'mine', input: 'own' })).text).toBe('own!')
  })

  it('refuses a row that could not be written, before it is asked', () => {
    const error = fault('COLUMN_UNEXPECTED', 'row')
    const checkColumns = () => {
      throw error
    }

    expect(() => renderRow({ ...plain, checkColumns })(row(0))).toThrow(error)
  })
})

describe('renderRow, of a blank prompt', () => {
  const render = (text: string, allowEmpty: boolean) =>
    renderRow({
      ...{ template: parseTemplate('{a}\n'), fragments: [], systemFragments: [] },
      ...{ modelId: 'm', modelOptions: {}, allowEmpty },
    })({ kind: 'row', index: 0, columns: { a: text } })

  it.each(['', ' \t', '\u00a0'])('fails the row, unless the prompt may be blank: %j', text => {
    expect(() => render(text, false)).toThrow(
      expect.objectContaining({ code: 'PROMPT_EMPTY', reach: 'row' }),
    )
    expect(render(text, true).text).toBe(`${text}\n`)
  })
})
