import fc from 'fast-check'
import { pythonYaml } from '../../lib/cli/text/log/python-yaml.js'
import { fencedBlock } from '../../lib/row/fenced-block.js'
import { parsePythonJson } from '../../lib/row/python/python-json.js'
import { isPythonLlmThere, runPythonLlm } from './python-llm.js'

const describeWithPython = isPythonLlmThere || process.env.CI === 'true' ? describe : describe.skip

const python = (commands: readonly (readonly string[])[]) =>
  runPythonLlm({ version: '0.36', userPath: '/nowhere', baseUrl: 'http://127.0.0.1:9' }, commands)

const piece = fc.constantFrom(
  ...'ab c  :#-\'"\\\n\t?,[]{}&*!|>%@`~=<.0123yno'.split(''),
  ...['é', '😀', '\u2028', '\u0085', 'yes', 'null', ' word longer', ' x: y', '\n\n', '---', '1e3'],
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map(parts => parts.join('')),
  fc.array(piece, { minLength: 40, maxLength: 90 }).map(parts => parts.join('')),
)
/** A name that YAML writes on one line, and JavaScript keeps in its place. */
const name = text.filter(
  each => /^[^\n\u0085\u2028\u2029]{1,120}$/u.test(each) && !/^\d+$/.test(each),
)
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    text,
    fc.boolean(),
    fc.constant(null),
    fc.constant(0.5),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  map: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
}))

describeWithPython('texts that Python writes', () => {
  it('are the same from our YAML', async () => {
    const documents = fc.sample(fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }), 1500)
    const cases = documents.flatMap(document => [
      { value: document, python: { indent: 4 }, ours: { indent: 4, sortsKeys: true } },
      {
        value: [document],
        python: { literal: true, sort_keys: false, width: 1_000_000_000 },
        ours: { isLiteral: true, width: 1_000_000_000 },
      },
    ])

    const results = await python(
      cases.map(({ value, python }) => ['yaml', JSON.stringify([value, python])]),
    )

    for (const [index, { value, ours }] of cases.entries()) {
      expect({ value, text: pythonYaml(parsePythonJson(JSON.stringify(value)), ours) }).toEqual({
        value,
        text: results[index]?.output,
      })
    }
  }, 120_000)

  it('are the same from our extraction of code blocks', async () => {
    const line = fc.constantFrom(
      '```',
      '````',
      '```py',
      '``` ',
      ' ```',
      '```é_1',
      'x',
      '',
      '```\r',
      'a```',
    )
    const texts = fc.sample(
      fc.array(line, { maxLength: 12 }).map(lines => lines.join('\n')),
      2000,
    )
    const cases = texts.flatMap(text =>
      (['first', 'last'] as const).map(which => ({ text, which })),
    )

    const results = await python(cases.map(({ text, which }) => ['extract', which, text]))

    for (const [index, { text, which }] of cases.entries()) {
      const found = fencedBlock(text, { isLast: which === 'last' }) ?? null
      expect({ text, which, found }).toEqual({
        text,
        which,
        found: JSON.parse(results[index]?.output ?? ''),
      })
    }
  }, 120_000)
})
