import { Readable } from 'node:stream'
import { countInput } from '../../../lib/plan/estimate/count-input.js'
import type { SourceRecord } from '../../../lib/row/outcome.js'
import type { Row } from '../../../lib/row/row.js'
import { makePrompt } from '../../support/make-prompt.js'
import { failed, fault, range, row } from '../../support/rows.js'

/** A token for each four characters, and seven around them. */
const countPrompt = ({ text }: { text: string }) => ({
  ...{ text: text.length / 4, wrapping: 7, attachments: 0 },
})

function render({ index, columns }: Row) {
  const text = String(columns.prompt)
  if (text === 'bad') throw fault('COLUMN_MISSING', 'row')
  return makePrompt(text, { index })
}

function count(groups: readonly (readonly SourceRecord[])[], changes = {}) {
  const rows = Readable.from(groups)
  return countInput({
    plan: { render, limit: undefined },
    source: { rows, bytesTotal: undefined },
    ...{ countPrompt, isRecorded: () => false, sampleRows: 0 },
    ...changes,
  })
}

const texts = (...given: string[]) => given.map((prompt, index) => row(index, { prompt }))

describe('countInput', () => {
  it('counts the rows that would be asked, and their tokens', async () => {
    expect(await count([texts('aaaa', 'bbbbbbbb'), texts('cccc')])).toEqual({
      ...{ askedRows: 3, failingRows: 0, recordedRows: 0, sample: [] },
      ...{ textTokens: 4, textError: 0, wrappingTokens: 21, attachmentTokens: 0 },
    })
  })

  it('counts no tokens of rows that fail, or have an answer', async () => {
    const isRecorded = ({ text }: { text: string }) => text === 'cccc'

    expect(
      await count([[...texts('aaaa', 'bad', 'cccc'), failed(3)]], { isRecorded }),
    ).toMatchObject({
      askedRows: 1,
      failingRows: 2,
      recordedRows: 1,
      textTokens: 1,
      wrappingTokens: 7,
    })
  })

  it('goes on after a group of which nothing would be asked', async () => {
    expect(await count([texts('bad', 'bad'), [], texts('aaaa')])).toMatchObject({
      ...{ askedRows: 1, failingRows: 2, textTokens: 1, wrappingTokens: 7 },
    })
  })

  it('reads no more rows than the run would', async () => {
    const plan = { render, limit: 2 }

    expect(await count([texts('aaaa', 'bbbb', 'cccc')], { plan })).toMatchObject({ askedRows: 2 })
  })

  it('chooses rows for a sample among those that would be asked', async () => {
    const isRecorded = ({ row }: { row: Row }) => row.index % 2 === 0
    const { sample } = await count([range(100).map(index => row(index))], {
      isRecorded,
      sampleRows: 5,
    })

    expect(sample).toHaveLength(5)
    expect(sample.every(index => index % 2 === 1)).toBe(true)
  })

  it.each([
    ['a file', 400_000],
    ['a pipe', undefined],
  ])(
    'counts a part of the groups of a large input, and says how far off: %s',
    async (_of, size) => {
      const counted: string[] = []
      const groups = range(1000).map(group =>
        texts(...range(10).map(at => 'w'.repeat(20 + ((group * 7 + at) % 40)))),
      )
      const whole = await count(groups)

      const part = await count(groups, {
        source: { rows: Readable.from(groups), bytesTotal: size },
        mostCharacters: 40_000,
        countPrompt: ({ text }: { text: string }) => {
          counted.push(text)
          // Not a fixed number for each character.
          return { text: text.length / 4 + (counted.length % 3), wrapping: 7, attachments: 0 }
        },
      })

      expect(counted.length).toBeLessThan(4000)
      expect(counted.length).toBeGreaterThan(300)
      expect(part).toMatchObject({ askedRows: 10_000, wrappingTokens: whole.wrappingTokens })
      expect(part.textError / part.textTokens).toBeGreaterThan(0)
      expect(part.textError / part.textTokens).toBeLessThan(0.05)
      expect(part.textTokens / (whole.textTokens + 10_000)).toBeCloseTo(1, 1)
    },
  )

  it('ends when it is told to', async () => {
    const aborter = new AbortController()
    aborter.abort(new Error('enough'))

    await expect(count([texts('a')], { signal: aborter.signal })).rejects.toThrow('enough')
  })
})
