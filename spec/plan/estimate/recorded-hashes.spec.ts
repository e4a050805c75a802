import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { recordedHashes } from '../../../lib/plan/estimate/recorded-hashes.js'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

async function* pagesOf(hashes: readonly string[], pageRows: number) {
  for (let at = 0; at < hashes.length; at += pageRows) yield hashes.slice(at, at + pageRows)
}

describe('recordedHashes', () => {
  it('gives each hash as often as it was added, and no other', async () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(texts, texts, fc.integer({ min: 1, max: 9 }), async (added, asked, page) => {
        const left = added.map(hashOf)
        const hashes = await recordedHashes(pagesOf(left, page))
        for (const text of asked) {
          const at = left.indexOf(hashOf(text))
          expect(hashes.take(hashOf(text))).toBe(at >= 0)
          if (at >= 0) left.splice(at, 1)
        }
      }),
    )
  })

  it('finds a whole hash by its kept end', async () => {
    const whole = hashOf('a')
    const hashes = await recordedHashes(pagesOf([whole.slice(-24)], 1))

    expect(hashes.take(whole)).toBe(true)
    expect(hashes.take(whole)).toBe(false)
  })

  it('takes a million equal hashes in no more time than different ones', async () => {
    const equal = Array.from({ length: 200_000 }, () => hashOf('a'))
    const hashes = await recordedHashes(pagesOf(equal, 50_000))

    expect(equal.every(hash => hashes.take(hash))).toBe(true)
    expect(hashes.take(hashOf('a'))).toBe(false)
  })
})
