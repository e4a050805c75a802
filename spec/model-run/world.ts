import { rm, stat, truncate } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { runPlain } from '../support/run-plain.js'
import { faults } from '../support/stub-faults.js'
import type { CommandBench } from '../support/use-command.js'
import { type BatchModel, batchModel, type ModelRow } from './batch-model.js'
import { checkRun } from './check-run.js'
import { editRows } from './edit-rows.js'
import { type BatchLook, lookAt, lookAtListed, outputOf } from './look.js'
import { makeTrouble } from './make-trouble.js'
import { checkOutput, inputText, type OutputFormat } from './output-text.js'
import { type EditStep, plainRun, type RunStep, type Sequence, type Step } from './steps.js'

/** The batch that a sequence is at. */
export interface WorldBatch {
  readonly id: string
  readonly model: BatchModel
  readonly isOrdered: boolean
  readonly isLogged: boolean
  /** As it was found after the last step. */
  look: BatchLook | undefined
  /** Rows that count as answered, as long as nobody has edited the input. */
  placed: { least: number; most: number } | undefined
  /** Whether a run that was killed may have left an output that is torn. */
  isTorn: boolean
}

export interface World {
  readonly bench: CommandBench
  rows: readonly ModelRow[]
  batch: WorldBatch | undefined
  /** Of the batches of which the answers go to llm's log, where they stay. */
  readonly logged: Set<BatchModel>
  /** Points at which runs were killed, as `append:before`. */
  readonly hits: Set<string>
}

const turnedAround: EditStep = { kind: 'edit', how: 'reverse', at: 0, word: '' }

/** Lives through a sequence, and looks after each step whether what was promised holds. */
export async function liveThrough(
  bench: CommandBench,
  { words, steps }: Sequence,
  hits: Set<string> = new Set(),
): Promise<void> {
  const rows = words.map((word, id) => ({ id, word }))
  const world: World = { bench, rows, batch: undefined, logged: new Set(), hits }
  let isUnwell = false
  bench.script.fault = (_number, text) => {
    if (text.startsWith('Say bad')) return faults.badRequest('No such word')
    return isUnwell && text.startsWith('Say flaky') ? faults.badRequest('No such word') : undefined
  }
  let batches = 0
  await writeInput()
  for (const [index, step] of steps.entries()) {
    await take(step).catch(error => {
      throw atStep(`step ${index + 1}, ${JSON.stringify(step)}`, error)
    })
  }
  await takeRun(plainRun).catch(error => {
    throw atStep('the run that brings it to its end', error)
  })
  await checkNothingLeftToDo().catch(error => {
    throw atStep('the run after its end', error)
  })

  async function take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'run':
        return takeRun(step)
      case 'edit':
        return edit(step)
      case 'spoil':
        return spoil(step.how)
      case 'forget':
        return forget()
    }
  }

  async function takeRun(step: RunStep): Promise<void> {
    if (isForgotten()) await checkForgotten()
    world.batch ??= newBatch(step)
    const { batch } = world
    const isNew = batch.look === undefined
    if (batch.isLogged) world.logged.add(batch.model)
    isUnwell = step.isUnwell
    bench.script.latencyMs = step.latencyMs
    const rowsBefore = world.rows
    const shown = rowsBefore.slice(0, step.limit)
    const name = step.output ?? outputName(batch)
    const outputBefore = await outputOf(bench, name)
    const callsBefore = callsByWord(bench)
    let callsSuspended = callsBefore
    const end = await makeTrouble(
      bench,
      {
        args: isNew ? beginArgs(bench, batch, step) : resumeArgs(bench, batch, step),
        resume: resumeArgs(bench, batch, { ...step, limit: undefined }),
        batchId: batch.id,
        leastCalls: batch.model.leastCalls(shown),
        async onSuspended() {
          callsSuspended = callsByWord(bench)
          if (step.trouble?.kind === 'suspend' && step.trouble.isEdited) await edit(turnedAround)
        },
      },
      step.trouble,
    )
    if (end.faultHit !== undefined) world.hits.add(end.faultHit)
    await checkRun(world, {
      step,
      end,
      isNew,
      rowsBefore,
      outputName: name,
      outputBefore,
      callsBefore,
      callsSuspended,
      callsAfter: callsByWord(bench),
    })
  }

  function newBatch({ isOrdered, isLogged }: RunStep): WorldBatch {
    batches += 1
    const id = `batch-${batches}`
    const model = batchModel()
    const placed = { least: 0, most: 0 }
    return { id, model, isOrdered, isLogged, look: undefined, placed, isTorn: false }
  }

  /** Whether the answers of the batch are in its output alone. */
  function isForgotten(): boolean {
    return world.batch?.isLogged === false && world.batch.look?.status === 'completed'
  }

  /** It is refused, unless there is nothing to do, because its output has all rows as they are. */
  async function checkForgotten(): Promise<void> {
    const batch = world.batch as WorldBatch
    const asked = bench.server.requestCount()
    const { exitCode, stderr } = await runPlain(bench, resumeArgs(bench, batch, plainRun))
    if (bench.server.requestCount() > asked) throw new Error('It asked although it has no answers')
    if (exitCode === 0) {
      const name = outputName(batch)
      const format = extname(name).slice(1) as OutputFormat
      const fates = world.rows.map(() => 'answered' as const)
      const text = (await outputOf(bench, name)) ?? ''
      checkOutput(text, { format, rows: world.rows, fates, isOrdered: batch.isOrdered })
    } else if (exitCode !== 2) {
      throw new Error(`resumed without answers: exit ${exitCode}: ${stderr}`)
    }
    await forget()
  }

  async function spoil(how: 'remove' | 'cut'): Promise<void> {
    if (world.batch === undefined) return
    const path = bench.workdir.join(outputName(world.batch))
    const size = await stat(path).then(
      found => found.size,
      () => 0,
    )
    if (how === 'remove') await rm(path, { force: true })
    else if (size > 0) await truncate(path, Math.floor(size / 2))
  }

  async function forget(): Promise<void> {
    if (world.batch?.look === undefined) return
    const { exitCode, stderr } = await bench.inProcess(['batch', 'remove', world.batch.id, '--yes'])
    if (exitCode !== 0) throw new Error(`remove: exit ${exitCode}: ${stderr}`)
    if ((await lookAt(bench, world.batch.id)) !== undefined) throw new Error('It is still there')
    world.batch = undefined
  }

  async function checkNothingLeftToDo(): Promise<void> {
    const batch = world.batch as WorldBatch
    const listed = await lookAtListed(bench, batch.id)
    if (JSON.stringify(listed) !== JSON.stringify(batch.look)) {
      throw new Error(`list and status differ: ${JSON.stringify([listed, batch.look])}`)
    }
    const output = await outputOf(bench, outputName(batch))
    await takeRun(plainRun)
    // Where nothing is left to go on with, that was another batch.
    if (
      world.batch === batch &&
      batch.isOrdered &&
      (await outputOf(bench, outputName(batch))) !== output
    ) {
      throw new Error('A run that asked nothing new changed the output')
    }
  }

  async function edit(step: EditStep): Promise<void> {
    world.rows = editRows(world.rows, step)
    if (world.batch !== undefined) world.batch.placed = undefined
    await writeInput()
  }

  async function writeInput(): Promise<void> {
    await bench.workdir.write('in.csv', inputText(world.rows))
  }
}

function outputName({ look }: WorldBatch): string {
  return look === undefined ? 'out.csv' : basename(look.outputPath)
}

type Words = readonly string[]

function beginArgs({ workdir }: CommandBench, batch: WorldBatch, step: RunStep): Words {
  const { id, isOrdered, isLogged } = batch
  const order = isOrdered ? [] : ['--unordered']
  const log = isLogged ? [] : ['--no-log']
  const given = ['--template', 'Say {word}', '--model', 'gpt-4o-mini', '--overwrite']
  const output = ['--output', workdir.join(step.output ?? 'out.csv')]
  const named = ['batch', workdir.join('in.csv'), '--batch-id', id]
  return [...named, ...given, ...output, ...order, ...log, ...ofStep(step)]
}

function resumeArgs({ workdir }: CommandBench, { id }: WorldBatch, step: RunStep): Words {
  const { output: name } = step
  const output = name === undefined ? [] : ['--output', workdir.join(name), '--overwrite']
  const named = ['batch', workdir.join('in.csv'), '--resume', '--batch-id', id]
  return [...named, ...output, ...ofStep(step)]
}

function ofStep({ concurrency, limit }: RunStep): readonly string[] {
  const limited = limit === undefined ? [] : ['--limit', `${limit}`]
  return ['--concurrency', `${concurrency}`, '--no-fail-fast', ...limited]
}

function callsByWord({ server }: CommandBench): ReadonlyMap<string, number> {
  return new Map([...server.calls].map(([text, count]) => [text.replace(/^Say /, ''), count]))
}

function atStep(where: string, error: unknown): Error {
  return new Error(`${where}: ${(error as Error).message}`, { cause: error })
}
