import { readdir, readFile } from 'node:fs/promises'
import type { CommandBench } from '../support/use-command.js'

/** What `llm batch status --json` says of a batch. */
export interface BatchLook {
  readonly status: string
  readonly isProcessGone: boolean
  readonly totalRows: number | null
  readonly answered: number
  readonly failed: number
  readonly outputPath: string
  readonly inputTokens: number
  readonly costUsd: number | null
  readonly unpricedAnswers: number
}

/** @returns undefined when no such batch is recorded. */
export async function lookAt(bench: CommandBench, id: string): Promise<BatchLook | undefined> {
  const { exitCode, stdout, stderr } = await bench.inProcess(['batch', 'status', id, '--json'])
  if (exitCode === 2 && /Unknown batch|No batch/.test(stderr)) return undefined
  if (exitCode !== 0) throw new Error(`status: exit ${exitCode}: ${stderr}`)
  return lookOf(JSON.parse(stdout))
}

/** The same as `llm batch list --json` has it. */
export async function lookAtListed(bench: CommandBench, id: string): Promise<BatchLook> {
  const { exitCode, stdout, stderr } = await bench.inProcess(['batch', 'list', '--json'])
  if (exitCode !== 0) throw new Error(`list: exit ${exitCode}: ${stderr}`)
  return lookOf(JSON.parse(stdout).find((batch: { id: string }) => batch.id === id))
}

function lookOf(fields: any): BatchLook {
  return {
    status: fields.status,
    isProcessGone: fields.process_gone,
    totalRows: fields.total_prompts,
    answered: fields.completed_prompts,
    failed: fields.failed_prompts,
    outputPath: fields.output_file,
    inputTokens: fields.input_tokens,
    costUsd: fields.cost_usd,
    unpricedAnswers: fields.unpriced_prompts,
  }
}

export async function outputOf(
  { workdir }: CommandBench,
  name: string,
): Promise<string | undefined> {
  return workdir.read(name).catch(() => undefined)
}

/** Names of what is in the folder of the spec, or in llm's. */
export async function namesIn(
  { workdir }: CommandBench,
  folder: '.' | 'llm-user',
): Promise<string[]> {
  return (await readdir(workdir.join(folder)).catch(() => [])).sort()
}

/** Whether the bytes of an answer are in any file of llm's. */
export async function holdsAnswers(bench: CommandBench): Promise<boolean> {
  for (const name of await namesIn(bench, 'llm-user')) {
    const bytes = await readFile(bench.workdir.join('llm-user', name))
    if (bytes.includes('Answer to')) return true
  }
  return false
}
