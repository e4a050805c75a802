import { check, type Diagnostics } from 'recheck'
import { readSources, type Sources } from './support/house.js'
import { readExpressions } from './support/read-expressions.js'

/**
 * A server or a file may hold a text of any length. So each expression takes time in proportion to
 * its text, not to the square of it, wherever that text comes from.
 */
/** A busy machine may take its time. */
const patient = { timeout: 600_000 }

/**
 * Whether an expression takes time in proportion to the square of its text. recheck tries random
 * texts, and takes some expressions for slow that repeat something many times, but not without end.
 * So what it found is tried again at a length that tells them apart.
 */
function isSlow(found: Diagnostics): boolean {
  if (found.status !== 'vulnerable') return found.status !== 'safe'
  const { source, flags, checker, attack, complexity } = found
  if (checker !== 'fuzz' || complexity.type !== 'polynomial') return true
  const pumped = attack.pumps.map(
    ({ prefix, pump }) => prefix + pump.repeat(Math.ceil(25_000 / pump.length)),
  )
  const expression = new RegExp(source, flags)
  const before = process.cpuUsage()
  expression.test(pumped.join('') + attack.suffix)
  return process.cpuUsage(before).user > 150_000
}

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
      for (const checker of ['auto', 'fuzz'] as const)
        expect(isSlow(await check(pattern, '', { checker }))).toBe(true)
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
      const found = await check(pattern, flags, patient)
      if (isSlow(found)) slow.push(`${path}: /${pattern}/${flags} is ${found.status}`)
    }
    expect(places.size).toBeGreaterThan(100)
    expect(slow).toEqual([])
  }, 3_600_000)
})
