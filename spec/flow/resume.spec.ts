import { readdir, rm } from 'node:fs/promises'
import type { BatchOptions } from '../../lib/config/batch-options.js'
import type { BatchSummary } from '../../lib/run/progress.js'
import { inputOf, outputOf } from '../support/answer-rows.js'
import { queryDatabase } from '../support/query-database.js'
import { faults } from '../support/stub-faults.js'
import { useBatch } from '../support/use-batch.js'

const bench = useBatch()
const path = (name: string): string => bench.workdir.join(name)
const letters = [...'abcdefghij']

const asked = (): BatchOptions => ({
  input: path('in.csv'),
  output: path('out.csv'),
  template: 'Say {word}',
  batchId: 'words',
})
const say = (words: readonly string[]) => bench.workdir.write('in.csv', inputOf('csv', words))
const resume = (changes: Partial<BatchOptions> = {}): Promise<BatchSummary> =>
  bench.run({ input: path('in.csv'), resume: true, ...changes })

/** Begins a batch of these words that stops at the first one whose answer fails. */
async function beginUntil(stopper: string, words: readonly string[]): Promise<void> {
  await say(words)
  bench.script.fault = (_number, text) => (text === stopper ? faults.badRequest() : undefined)
  const { status } = await bench.run({ ...asked(), stopOnError: true })
  expect(status).toBe('failed')
  bench.script = {}
}

/** What is left beside the output. */
async function partials(): Promise<readonly string[]> {
  return (await readdir(bench.workdir.path)).filter(name => name.endsWith('.partial'))
}

/** What the server is asked while `work` runs, in order of the text. */
async function askedDuring(work: () => Promise<unknown>): Promise<string[]> {
  const before = new Map(bench.server.calls)
  await work()
  return [...bench.server.calls]
    .flatMap(([text, count]) => Array<string>(count - (before.get(text) ?? 0)).fill(text))
    .map(text => text.replace('Say ', ''))
    .sort()
}

describe('a batch of which the input is edited between its runs', () => {
  const edits: [string, string[], string[]][] = [
    ['rows inserted', [...'aXbcYdefghijZ'], [...'XYZ']],
    ['rows deleted', [...'acdfgj'], []],
    ['the first rows deleted and one added', [...'efghijQ'], ['Q']],
    ['rows reordered', [...letters].reverse(), []],
    ['rows rotated', [...'jabcdefghi'], []],
    ['rows edited', [...'aBcdefghIj'], ['B', 'I']],
    ['rows duplicated', [...'aabcdefghijj'], ['a', 'j']],
    ['all of that', [...'jjXihgfeDba'], ['D', 'X', 'j']],
  ]

  it.each(edits)('asks only what is new or changed: %s', async (_edit, words, isNew) => {
    await beginUntil('Say STOP', [...letters, 'STOP'])
    await say(words)

    const calls = await askedDuring(resume)

    expect(calls).toEqual(isNew)
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
    expect(await queryDatabase(path('llm-user/logs.db'), countRows)).toEqual([
      { recorded: words.length, places: words.length },
    ])
  })

  it.each(edits)(
    'the same, when the resumed run stops once more: %s',
    async (_edit, words, isNew) => {
      await beginUntil('Say STOP', [...letters, 'STOP'])
      await say([...words.slice(0, 6), 'HALT', ...words.slice(6)])
      bench.script.fault = (_number, text) =>
        text === 'Say HALT' ? faults.badRequest() : undefined

      const calls = await askedDuring(async () => {
        expect(await resume({ stopOnError: true })).toMatchObject({ status: 'failed' })
        await say(words)
        expect(await resume()).toMatchObject({ status: 'completed' })
      })

      expect(calls).toEqual(['HALT', ...isNew].sort())
      expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
    },
  )

  it('keeps one answer each for equal prompts, in their order, and never merges them', async () => {
    let count = 0
    bench.script.answer = () => {
      count += 1
      return `answer ${count}`
    }
    bench.script.fault = (_number, text) => (text === 'Say STOP' ? faults.badRequest() : undefined)
    await say(['twin', 'other', 'twin', 'twin', 'STOP'])
    await bench.run({ ...asked(), stopOnError: true })
    delete bench.script.fault
    await say(['new', 'twin', 'twin', 'other', 'twin', 'twin'])

    const calls = await askedDuring(resume)

    expect(calls).toEqual(['new', 'twin'])
    const answers = (await bench.workdir.read('out.csv')).match(/answer \d+/g) ?? []
    expect(new Set(answers).size).toBe(6)
    expect(answers.filter(answer => ['answer 1', 'answer 3', 'answer 4'].includes(answer))).toEqual(
      ['answer 1', 'answer 3', 'answer 4'],
    )
    expect(answers[3]).toBe('answer 2')
  })

  it('writes answers beside the columns that the input has now', async () => {
    await beginUntil('Say STOP', [...letters, 'STOP'])
    await bench.workdir.write('in.csv', 'word,note\nb,second\na,first\n')

    expect(await askedDuring(resume)).toEqual([])

    expect(await bench.workdir.read('out.csv')).toBe(
      'word,note,response\nb,second,Answer to: Say b\na,first,Answer to: Say a\n',
    )
  })
})

describe('a batch with failed rows', () => {
  const beginFailing = async (): Promise<void> => {
    await say(letters)
    bench.script.fault = (_number, text) =>
      text === 'Say c' || text === 'Say h' ? faults.badRequest() : undefined
    await bench.run(asked())
    bench.script = {}
  }

  it('asks them again when it is resumed unfinished, and puts their answers in their places', async () => {
    await say([...letters, 'STOP'])
    bench.script.fault = (number, text) =>
      text === 'Say c' ? faults.badRequest() : number > 5 ? faults.keyRefused() : undefined
    expect(await bench.run(asked())).toMatchObject({ status: 'failed' })
    bench.script = {}
    await say(letters)

    const calls = await askedDuring(resume)

    expect(calls).toEqual([...'cfghij'])
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', letters))
  })

  it('asks them again when every row has had its turn, also beside rows that were edited', async () => {
    await beginFailing()
    const edited = [...'abcdefGhijK']
    await say(edited)

    const calls = await askedDuring(resume)

    expect(calls).toEqual(['G', 'K', 'c', 'h'])
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', edited))
    expect(await partials()).toEqual([])
  })

  it('keeps the old output until the new one is whole, also when the run is stopped', async () => {
    await beginFailing()
    const before = await bench.workdir.read('out.csv')
    bench.server.hold()
    const running = resume()
    await bench.server.arrived(11)
    expect(await bench.workdir.read('out.csv')).toBe(before)
    bench.script.fault = () => faults.keyRefused()
    bench.server.release()

    expect(await running).toMatchObject({ status: 'failed' })
    expect(await bench.workdir.read('out.csv')).toBe(before)
    expect(await partials()).toEqual([])
  })

  it('leaves nothing beside the output of --restart, whatever a killed run left there', async () => {
    await beginFailing()
    await bench.workdir.write(`out.csv.words.partial`, 'id,word\n0,a')

    await bench.run({ ...asked(), batchId: 'anew', restart: true })

    expect(await partials()).toEqual([])
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', letters))
  })
})

describe('a completed batch', () => {
  beforeEach(async () => {
    await say(letters)
    expect(await bench.run(asked())).toMatchObject({ status: 'completed' })
  })

  it.each([
    ['gone', async () => rm(path('out.csv'))],
    ['cut', async () => bench.workdir.write('out.csv', 'word,response\na,Ans')],
    ['as it was', async () => {}],
  ])('asks nothing, and has its output whole again where it is %s', async (_what, spoil) => {
    await spoil()

    const calls = await askedDuring(async () => {
      expect(await resume()).toMatchObject({ status: 'completed', tally: { recalled: 10 } })
    })

    expect(calls).toEqual([])
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', letters))
    expect(await partials()).toEqual([])
  })

  it('writes another output in the format of its name, whatever the format of the first was', async () => {
    const first = { ...asked(), batchId: 'odd', output: path('out.data'), format: 'csv' } as const
    await bench.run(first)

    await resume({ batchId: 'odd', output: path('out.jsonl') })
    await resume({ batchId: 'odd', output: path('out.data'), overwrite: true, format: 'csv' })

    expect(await bench.workdir.read('out.jsonl')).toBe(
      outputOf('jsonl', letters).replace(/"id":(\d)/g, '"id":"$1"'),
    )
    expect(await bench.workdir.read('out.data')).toBe(outputOf('csv', letters))
  })

  it('recalls all its answers in other rows, over a run that was limited', async () => {
    const reversed = [...letters].reverse()
    await say(reversed)
    await rm(path('out.csv'))

    const calls = await askedDuring(async () => {
      expect(await resume({ limit: 3 })).toMatchObject({ status: 'paused' })
      expect(await resume()).toMatchObject({ status: 'completed' })
    })

    expect(calls).toEqual([])
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', reversed))
  })

  it('recalls an answer of a row that went out of the input and comes back', async () => {
    await say([...'abc'])
    expect(await resume()).toMatchObject({ status: 'completed', tally: { answered: 3 } })
    await say(letters)

    expect(await askedDuring(resume)).toEqual([])

    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', letters))
  })
})

describe('a batch that is refused at its output', () => {
  it('is not recorded, so that its id is free', async () => {
    await say(letters)
    await bench.workdir.write('out.csv', 'precious')

    await expect(bench.run(asked())).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })

    const database = path('llm-user/logs.db')
    expect(await queryDatabase(database, 'SELECT id FROM batch_runs')).toEqual([])
    expect(await bench.run({ ...asked(), overwrite: true })).toMatchObject({ status: 'completed' })
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', letters))
  })

  it('stays as it was when it was to be resumed', async () => {
    await beginUntil('Say STOP', [...letters, 'STOP'])
    const missing = path('no-such-folder/out.csv')

    await expect(resume({ batchId: 'words', output: missing })).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    })

    const database = path('llm-user/logs.db')
    expect(await queryDatabase(database, 'SELECT status FROM batch_runs')).toEqual([
      { status: 'failed' },
    ])
  })

  it('may share a device with any number of others', async () => {
    await say(['a'])
    const options = { ...asked(), output: '/dev/null', format: 'csv' } as const
    bench.server.hold()
    const runs = ['one', 'two'].map(batchId => bench.run({ ...options, batchId }))
    await bench.server.arrived(2)
    bench.server.release()

    expect(await Promise.all(runs)).toMatchObject([
      { status: 'completed' },
      { status: 'completed' },
    ])
  })
})

const countRows = `
  SELECT count(*) AS recorded, count(DISTINCT row_index) AS places FROM batch_rows
  WHERE batch_id = 'words' AND status = 'answered' AND row_index IS NOT NULL`
