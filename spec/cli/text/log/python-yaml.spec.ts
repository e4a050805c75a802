import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { parse } from 'yaml'
import { pythonYaml } from '../../../../lib/cli/text/log/python-yaml.js'
import { parsePythonJson } from '../../../../lib/row/python/python-json.js'

/** Values as JSON, each with what PyYAML 6.0.3 gives for `yaml.dump(value, sort_keys=False).strip()`. */
const vectors: [json: string, dumped: string][] = JSON.parse(
  await readFile(resolve(import.meta.dirname, 'python-yaml.json'), 'utf8'),
)

describe('pythonYaml', () => {
  it.each(vectors)('writes %s as PyYAML does', (json, dumped) => {
    expect(pythonYaml(parsePythonJson(json)).trim()).toBe(dumped)
  })

  it('writes what a YAML parser reads as the same texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), fc.string(), (text, other) => {
        const value = [
          new Map<string, string | string[]>([
            ['a', text],
            ['b', [other]],
          ]),
        ]

        expect(parse(pythonYaml(value), { schema: 'failsafe' })).toEqual([{ a: text, b: [other] }])
      }),
    )
  })
})
