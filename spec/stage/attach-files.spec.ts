import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { rowError } from '../../lib/error/batch-error.js'
import type { PromptOrOutcome } from '../../lib/row/outcome.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { attachFiles } from '../../lib/stage/attach-files.js'
import { collect } from '../support/collect.js'
import { failed, prompt, range } from '../support/rows.js'

const attached = (one: Prompt): Prompt => ({ ...one, text: `${one.text} with a file` })
const missing = rowError('ATTACHMENT_NOT_FOUND', 'The attachment x.png was not found')

describe('attachFiles', () => {
  it('gives each prompt with its attachments, in order, whichever is found first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        async (turns, atOnce) => {
          let atWork = 0
          const attach = async (one: Prompt) => {
            atWork += 1
            expect(atWork).toBeLessThanOrEqual(atOnce)
            for (let turn = 0; turn < (turns[one.row.index] ?? 0); turn += 1) await sleep(0)
            atWork -= 1
            return attached(one)
          }
          const prompts = turns.map((_, index) => prompt(index))

          const out = await collect<Prompt>(prompts, attachFiles({ attach, atOnce }))

          expect(out).toEqual(prompts.map(attached))
        },
      ),
      { numRuns: 30 },
    )
  })

  it('makes a failed row of a prompt whose attachment is missing, and goes on', async () => {
    const attach = async (one: Prompt) => {
      if (one.row.index === 1) throw missing
      return attached(one)
    }

    const out = await collect<PromptOrOutcome>(
      range(3).map(n => prompt(n)),
      attachFiles({ attach }),
    )

    expect(out[0]).toMatchObject({ kind: 'prompt', text: 'question 0 with a file' })
    expect(out[1]).toEqual({ kind: 'failed', row: prompt(1).row, error: missing, attempts: 0 })
    expect(out[2]).toMatchObject({ kind: 'prompt', text: 'question 2 with a file' })
  })

  it('passes outcomes through untouched', async () => {
    const one = failed(0)

    expect(await collect([one], attachFiles({ attach: async given => given }))).toEqual([one])
    expect(await collect([], attachFiles({ attach: async given => given }))).toEqual([])
  })

  it('breaks for a defect', async () => {
    const attach = () => Promise.reject(new TypeError('a defect'))

    await expect(collect([prompt(0)], attachFiles({ attach }))).rejects.toThrow('a defect')
  })

  it('skips rows after a stop, and waits for none that is being looked for', async () => {
    const stopping = new AbortController()
    let asked = 0
    const attach = (one: Prompt): Promise<Prompt> => {
      asked += 1
      if (one.row.index === 0) return Promise.resolve(attached(one))
      stopping.abort()
      return new Promise(() => {})
    }
    const stage = attachFiles({ attach, stopping: stopping.signal, atOnce: 2 })

    const out = await collect<PromptOrOutcome>(
      range(5).map(n => prompt(n)),
      stage,
    )

    expect(out.map(({ kind }) => kind)).toEqual(['prompt', ...range(4).map(() => 'skipped')])
    expect(asked).toBe(2)
  })
})
