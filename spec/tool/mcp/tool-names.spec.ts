import fc from 'fast-check'
import { toolNames } from '../../../lib/tool/mcp/tool-names.js'

describe('toolNames', () => {
  it.each([
    [
      ['add', 'files.read'],
      ['add', 'files_read'],
    ],
    [
      ['a.b', 'a_b', 'a/b'],
      ['a_b_2', 'a_b', 'a_b_3'],
    ],
    [
      ['a', 'a'],
      ['a', 'a_2'],
    ],
    [
      ['größe', ''],
      ['gr__e', 'tool'],
    ],
    [
      ['x'.repeat(65), 'x'.repeat(66)],
      ['x'.repeat(64), `${'x'.repeat(62)}_2`],
    ],
  ])('makes of %j names that all providers take', (given, names) => {
    expect(toolNames(given)).toEqual(names)
  })

  it('gives each tool a name of its own, and leaves good ones', () => {
    const name = fc.string({ unit: fc.constantFrom('a', '.', '_', '2'), maxLength: 3 })
    fc.assert(
      fc.property(fc.array(name), given => {
        const names = toolNames(given)

        expect(new Set(names).size).toBe(given.length)
        for (const [at, each] of names.entries()) {
          expect(each).toMatch(/^[A-Za-z0-9_-]{1,64}$/)
          const isFirst = given.indexOf(given[at] ?? '') === at
          if (isFirst && /^[A-Za-z0-9_-]+$/.test(given[at] ?? '')) expect(each).toBe(given[at])
        }
      }),
    )
  })
})
