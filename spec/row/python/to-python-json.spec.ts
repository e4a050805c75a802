import { pythonJsonText } from '../../../lib/row/python/python-json-text.js'
import { toPythonJson } from '../../../lib/row/python/to-python-json.js'

describe('toPythonJson', () => {
  it('keeps the order of maps and lists, and leaves absent members out', () => {
    const value = {
      b: new Map([
        ['4', 1],
        ['a', 2],
      ]),
      a: undefined,
      c: [null, true, 'x', {}],
    }

    expect(pythonJsonText(toPythonJson(value))).toBe(
      '{"b": {"4": 1, "a": 2}, "c": [null, true, "x", {}]}',
    )
    expect(pythonJsonText(toPythonJson({ a: [1] }), 'wide')).toBe(
      '{\n    "a": [\n        1\n    ]\n}',
    )
  })
  it('writes fractions as Python does', () => {
    expect(pythonJsonText(toPythonJson([1, 0.5, 1e-7, -2.25]))).toBe('[1, 0.5, 1e-07, -2.25]')
  })
})
