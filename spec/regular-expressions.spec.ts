import { check } from 'recheck'
import { readSources, type Sources } from './support/house.js'
import { readExpressions } from './support/read-expressions.js'

/**
 * A server or a file may hold a text of any length. So each expression takes time in proportion to
 * its text, not to the square of it, wherever that text comes from.
 */
describe('regular expressions', () => {
  let sources: Sources
  beforeAll(async () => {
    sources = await readSources(`${import.meta.dirname}/..`, ['lib', 'bin'])
  })

  it('are found by reading', () => {
    const text = `const a = /b+/g // /c/
      const d = "/e/" + x / y / 2 + new RegExp("f") + RegExp(g)`
    const written = [{ pattern: 'b+', flags: 'g' }]
    expect(readExpressions(text)).toEqual({ written, computed: 2 })
  })

  it.each(['(a+)+$', '\\s+$', 'a.*b.*c'])(
    'that backtrack are told from others: %s',
    async pattern => {
      expect((await check(pattern, '')).status).toBe('vulnerable')
    },
  )

  it('are made of texts only to find secrets', () => {
    const modules = [...sources].filter(([, text]) => readExpressions(text).computed > 0)
    expect(modules.map(([path]) => path)).toEqual(['lib/model/secret/secret-pattern.ts'])
  })

  it('take no longer than the text is long', async () => {
    const places = new Map<string, string>()
    for (const [path, text] of sources) {
      for (const { pattern, flags } of readExpressions(text).written) {
        places.set(JSON.stringify([pattern, flags]), path)
      }
    }
    const slow: string[] = []
    for (const [key, path] of places) {
      const [pattern, flags] = JSON.parse(key) as [string, string]
      const { status } = await check(pattern, flags, { timeout: 20_000 })
      if (status !== 'safe') slow.push(`${path}: /${pattern}/${flags} is ${status}`)
    }
    expect(places.size).toBeGreaterThan(100)
    expect(slow).toEqual([])
  }, 300_000)
})
