import fc from 'fast-check'
import { parsePythonJson, readPythonJson } from '../../../lib/row/python/python-json.js'
import { pythonFloat, pythonJsonText } from '../../../lib/row/python/python-json-text.js'
import { pythonShown } from '../../../lib/row/python/python-shown.js'
import { anyCharacter } from '../../support/any-character.js'

/** Texts, and what Python 3.11 prints for `json.dumps(json.loads(text))` and `str(…)` of them. */
const known = [
  ['{"b": 1, "a": 1.0, "2": -0, "1": 1e5}', '{"b": 1, "a": 1.0, "2": 0, "1": 100000.0}'],
  [
    '[1e16, 1e15, 123456789012345680, 1e-4, 1e-5]',
    '[1e+16, 1000000000000000.0, 123456789012345680, 0.0001, 1e-05]',
  ],
  [
    '[12345678901234567890123, -0.0, 1.5e300, 5e-324]',
    '[12345678901234567890123, -0.0, 1.5e+300, 5e-324]',
  ],
  ['[NaN, Infinity, -Infinity, 1e999]', '[NaN, Infinity, -Infinity, Infinity]'],
  ['{"a": 1, "b": 2, "a": 3}', '{"a": 3, "b": 2}'],
  ['"é😀\\u007f\\ud800\\/\\n"', '"\\u00e9\\ud83d\\ude00\\u007f\\ud800/\\n"'],
  [' [ ] ', '[]'],
] as const

describe('parsePythonJson and pythonJsonText', () => {
  it.each([
    '',
    '{',
    '[1,]',
    '[1 2]',
    '{"a" 1}',
    '{"a":1,}',
    "{'a': 1}",
    '01',
    '1.',
    '.5',
    '+1',
    '"\n"',
    '"a',
    'nul',
    '[] []',
    '\ufeff[]',
    '['.repeat(2000),
  ])('refuse what Python refuses: %j', text => {
    expect(() => parsePythonJson(text)).toThrow(SyntaxError)
    expect(readPythonJson(text)).toBeUndefined()
  })

  it.each(known)('give of %s what Python gives', (text, dumped) => {
    expect(pythonJsonText(parsePythonJson(text))).toBe(dumped)
  })

  it('agree with JSON, where Python does', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: anyCharacter }), text => {
        const value = parsePythonJson(text)

        expect(JSON.parse(pythonJsonText(value))).toEqual(JSON.parse(text))
        expect(pythonJsonText(parsePythonJson(pythonJsonText(value, 'indented')))).toBe(
          pythonJsonText(value),
        )
        expect(pythonJsonText(value, 'compact')).not.toMatch(/[^ -~]/)
      }),
    )
  })

  it('indent as Python does', () => {
    expect(
      pythonJsonText(parsePythonJson('{"a": [], "b": {}, "c": [1, {"d": 2}]}'), 'indented'),
    ).toBe(`{
  "a": [],
  "b": {},
  "c": [
    1,
    {
      "d": 2
    }
  ]
}`)
  })
})

describe('pythonFloat', () => {
  it.each([
    [0.1, '0.1'],
    [100, '100.0'],
    [1e22, '1e+22'],
    [123456.789, '123456.789'],
    [0.00012345, '0.00012345'],
    [1.5e-7, '1.5e-07'],
    [-2.5, '-2.5'],
    [1e-300, '1e-300'],
  ])('writes %d as Python: %s', (value, text) => {
    expect(pythonFloat(value)).toBe(text)
    expect(Number(pythonFloat(value))).toBe(value)
  })
})

describe('pythonShown', () => {
  it.each([
    ['"it\'s"', "it's"],
    ['true', 'True'],
    ['null', 'None'],
    ['1.0', '1.0'],
    ['[1, "a", null, [true]]', "[1, 'a', None, [True]]"],
    ['{"a": "it\'s", "b": "\\"", "c": "\'\\""}', `{'a': "it's", 'b': '"', 'c': '\\'"'}`],
    [
      '["\\n\\t\\\\ é\\u00a0\\u200b\\ud83d\\ude00\\ue000"]',
      "['\\n\\t\\\\ é\\xa0\\u200b😀\\ue000']",
    ],
    ['[NaN, -Infinity]', '[nan, -inf]'],
  ])('shows %s as Python: %s', (text, shown) => {
    expect(pythonShown(parsePythonJson(text))).toBe(shown)
  })
})
