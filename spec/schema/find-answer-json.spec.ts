import { findAnswerJson } from '../../lib/schema/find-answer-json.js'

describe('findAnswerJson', () => {
  it.each([
    ['{"a": 1}', '{"a": 1}'],
    [' [1]\n', ' [1]\n'],
    ['"text"', '"text"'],
    ['```json\n{"a": 1}\n```', '{"a": 1}'],
    ['Here it is:\n\n````\n{"a": "```"}\n````\nGood luck!', '{"a": "```"}'],
    ['```\r\n{"a": 1}\r\n```', '{"a": 1}\r'],
  ])('finds the JSON in %j', (text, json) => {
    expect(findAnswerJson(text)).toBe(json)
  })

  it.each(['', 'Good', '{"a": 1', '```json\n{"a": 1}', '```\n```', '``` {"a": 1} ```'])(
    'finds none in %j',
    text => {
      expect(findAnswerJson(text)).toBeUndefined()
    },
  )
})
