import { readdir } from 'node:fs/promises'
import { workbookOf } from '../source/xlsx/make-workbook.js'
import { inputOf, outputOf, wordsOf } from '../support/answer-rows.js'
import type { FileFault } from '../support/failing-file-call.js'
import { queryDatabase } from '../support/query-database.js'
import type { CommandResult } from '../support/run-command.js'
import { runPlain } from '../support/run-plain.js'
import { type OpenedBench, openBench } from '../support/use-command.js'

export interface Scene {
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
export const scenes: Readonly<Record<string, Scene>> = {
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

/** A run to which one thing happens. */
export interface FaultyRun {
  readonly scene: Scene
  /** Of the command under test, in this folder. */
  readonly environment: (folder: string) => Readonly<Record<string, string>>
  /** Absent where nothing fails. */
  readonly fault?: FileFault
  /** What a message may say for the cause, where SQLite was hit, which does not know it. */
  readonly orElse?: string
}

/**
 * The run under test, in a folder of its own; then runs without any fault until the batch is whole.
 */
export async function liveThrough({
  scene,
  environment,
  fault,
  orElse,
}: FaultyRun): Promise<string> {
  const bench = await openBench()
  try {
    const { input, output, flags = [], answered, straggles = 0 } = scene
    await bench.workdir.write(input.name, input.content)
    bench.script.latencyMs = text => (text === 'Say word 0' ? straggles : 0)
    const asked = ['--template', 'Say {word}', '--model', 'gpt-4o-mini', ...flags]
    const { workdir } = bench
    const path = workdir.join(input.name)
    const begin = ['batch', path, ...asked, '-O', workdir.join(output.name), '--batch-id', 'faulty']
    const hurried = [...begin, '--concurrency', String(concurrency)]
    const resume = ['batch', path, '--resume', '--batch-id', 'faulty']
    if (answered !== undefined) await runPlain(bench, [...hurried, '--limit', String(answered)])

    const tried = await bench.llm(answered === undefined ? hurried : resume, {
      env: environment(bench.workdir.path),
    })

    try {
      if (fault !== undefined) expectTrue(tried, causeOf(fault, orElse))
      if (tried.exitCode !== 0) {
        const resumed = await runPlain(bench, resume)
        const isUnknown = resumed.stderr.includes('Unknown batch')
        const ended = isUnknown ? await runPlain(bench, hurried) : resumed
        expect(ended).toMatchObject({ exitCode: 0 })
      }
      await expectWhole(bench, scene, orElse !== undefined)
    } catch (error) {
      const { exitCode, stderr } = tried
      throw new Error(`${fault}: exit ${exitCode}, ${stderr}\n${(error as Error).message}`)
    }
    return tried.stderr
  } finally {
    await bench.close()
  }
}

const causes: Readonly<Record<FileFault, RegExp>> = {
  EIO: /^Error: .*(EIO|i\/o error)/im,
  ENOSPC: /^Error: .*(ENOSPC|the disk is full|no space)/im,
  EMFILE: /^Error: .*(EMFILE|too many open files)/im,
}

function causeOf(fault: FileFault, orElse?: string): RegExp {
  const cause = causes[fault]
  return orElse === undefined ? cause : new RegExp(`${cause.source}|${orElse}`, cause.flags)
}

/** A run that was hit says so, and why; one that says nothing has lost nothing. */
function expectTrue(what: CommandResult, cause: RegExp): void {
  expect(what).toMatchObject({ exitCode: expect.any(Number) })
  expect(what).not.toMatchObject({ stderr: expect.stringMatching(/defect|^\s+at /m) })
  if (what.exitCode === 0) return
  expect([2, 3]).toContain(what.exitCode)
  expect(what).toMatchObject({ stderr: expect.stringMatching(cause) })
}

async function expectWhole(
  bench: OpenedBench,
  { words, input, output, flags = [] }: Scene,
  isSqliteHit: boolean,
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
    // What SQLite could not write back on its way out, it keeps for who opens the file next.
    kept: isSqliteHit ? kept.filter(name => !/-(wal|shm)$/.test(name)) : kept,
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
