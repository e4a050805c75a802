import { readdir } from 'node:fs/promises'
import { workbookOf } from '../source/make-workbook.js'
import { inputOf, outputOf, wordsOf } from '../support/answer-rows.js'
import {
  type FileFault,
  failedCall,
  failingAt,
  fileCalls,
  fileFaults,
} from '../support/failing-file-call.js'
import { queryDatabase } from '../support/query-database.js'
import type { CommandResult } from '../support/run-command.js'
import { scale } from '../support/scale.js'
import { type OpenedBench, openBench } from '../support/use-command.js'

interface Scene {
  readonly words: readonly string[]
  readonly input: { readonly name: string; readonly content: string | Buffer }
  readonly output: { readonly name: string; readonly content: string }
  readonly flags?: readonly string[]
  /** Rows that an earlier run has answered. */
  readonly answered?: number
  /** Milliseconds until the first row is answered. */
  readonly straggles?: number
}

const few = wordsOf(30)
// More than wait in memory for one that is slow.
const many = wordsOf(900)
const concurrency = 4

/** An input as it is, and what is recorded is begun or resumed. */
const scenes: Readonly<Record<string, Scene>> = {
  'a new batch': {
    words: few,
    input: { name: 'in.csv', content: inputOf('csv', few) },
    output: { name: 'out.csv', content: outputOf('csv', few) },
  },
  'a batch that is resumed': {
    words: few,
    input: { name: 'in.jsonl', content: inputOf('jsonl', few) },
    output: { name: 'out.json', content: outputOf('json', few) },
    answered: 12,
  },
  'a workbook, one row behind all others, and no log': {
    words: many,
    input: {
      name: 'in.xlsx',
      content: await workbookOf([['id', 'word'], ...many.map((word, id) => [String(id), word])]),
    },
    output: { name: 'out.csv', content: outputOf('csv', many) },
    flags: ['--no-log'],
    straggles: 600,
  },
}

/** The run under test, in a folder of its own; then runs without any fault until the batch is whole. */
async function liveThrough(scene: Scene, call?: number, fault?: FileFault) {
  const bench = await openBench()
  try {
    const { input, output, flags = [], answered, straggles = 0 } = scene
    await bench.workdir.write(input.name, input.content)
    bench.script.latencyMs = text => (text === 'Say word 0' ? straggles : 0)
    const asked = ['--template', 'Say {word}', '--model', 'gpt-4o-mini', ...flags]
    const begin = ['batch', input.name, ...asked, '-O', output.name, '--batch-id', 'faulty']
    const hurried = [...begin, '--concurrency', String(concurrency)]
    const resume = ['batch', input.name, '--resume', '--batch-id', 'faulty']
    if (answered !== undefined) await bench.llm([...hurried, '--limit', String(answered)])

    const tried = await bench.llm(answered === undefined ? hurried : resume, {
      env: failingAt(call, fault),
    })

    try {
      if (call !== undefined) expectTrue(tried, fault)
      if (tried.exitCode !== 0) {
        const resumed = await bench.llm(resume)
        const isUnknown = resumed.stderr.includes('Unknown batch')
        const ended = isUnknown ? await bench.llm(hurried) : resumed
        expect(ended).toMatchObject({ exitCode: 0 })
      }
      await expectWhole(bench, scene)
    } catch (error) {
      const at = `${fault} at call ${call}, ${failedCall(tried.stderr)}`
      throw new Error(`${at}: exit ${tried.exitCode}, ${tried.stderr}\n${(error as Error).message}`)
    }
    return fileCalls(tried.stderr)
  } finally {
    await bench.close()
  }
}

const causes: Readonly<Record<FileFault, RegExp>> = {
  EIO: /^Error: .*(EIO|i\/o error)/im,
  ENOSPC: /^Error: .*(ENOSPC|the disk is full|no space)/im,
  EMFILE: /^Error: .*(EMFILE|too many open files)/im,
}

/** A run that was hit says so, and why; one that says nothing has lost nothing. */
function expectTrue(what: CommandResult, fault: FileFault = 'EIO'): void {
  expect(what).toMatchObject({ exitCode: expect.any(Number) })
  expect(what).not.toMatchObject({ stderr: expect.stringMatching(/defect|^\s+at /m) })
  if (what.exitCode === 0) return
  expect([2, 3]).toContain(what.exitCode)
  expect(what).toMatchObject({ stderr: expect.stringMatching(causes[fault]) })
}

async function expectWhole(
  bench: OpenedBench,
  { words, input, output, flags = [] }: Scene,
): Promise<void> {
  const { workdir, server } = bench
  // Before the database is looked into, which makes files beside it.
  const kept = await readdir(workdir.join('llm-user'))
  const repeats = [...server.calls.values()].reduce((sum, count) => sum + count, -words.length)
  const isLogged = !flags.includes('--no-log')
  const whole = {
    ...{
      isOutput: (await workdir.read(output.name)) === output.content,
      isFew: repeats <= concurrency,
    },
    asked: server.calls.size,
    files: (await readdir(workdir.path)).sort(),
    kept,
    counts: (await queryDatabase(workdir.join('llm-user/logs.db'), countsOf(isLogged)))[0],
  }
  expect({ repeats, ...whole }).toMatchObject({
    ...{ isOutput: true, isFew: true, asked: new Set(words).size },
    files: [input.name, 'llm-user', output.name],
    kept: ['logs.db'],
    counts: {
      status: 'completed',
      answered: words.length,
      turns: isLogged ? words.length : 0,
    },
  })
}

function countsOf(isLogged: boolean): string {
  return `
    SELECT status, (SELECT count(*) FROM batch_rows WHERE status = 'answered') AS answered,
      ${isLogged ? '(SELECT count(*) FROM turns)' : '0'} AS turns
    FROM batch_runs WHERE id = 'faulty'`
}

/** In `make soak` every one; in `make test` a few, closer at the beginning, where no two calls are alike. */
function spread(count: number): readonly number[] {
  const all = Array.from({ length: count }, (_, at) => at + 1)
  if (scale > 1) return all
  const shares = Array.from({ length: 2 }, (_, at) => (at / 2) ** 2)
  return shares.map(share => 1 + Math.floor(share * count))
}

describe('llm batch, when one call to the file system fails', () => {
  it.each(Object.entries(scenes))(
    'says so truly, can be resumed, and loses nothing: %s',
    async (_name, scene) => {
      const count = await liveThrough(scene)
      expect(count).toBeGreaterThan(20)
      const failures: string[] = []
      for (const call of spread(count)) {
        const all = scale > 1 ? fileFaults : [fileFaults[call % fileFaults.length] as FileFault]
        for (const fault of all) {
          await liveThrough(scene, call, fault).catch(error => failures.push(error.message))
        }
      }
      expect(failures).toEqual([])
    },
    // 580 calls, three faults each.
    6 * 3_600_000,
  )
})
