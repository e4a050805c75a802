import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BatchOptions } from '../../lib/config/batch-options.js'

/** What a process of its own used, from its first call to its last. */
export interface Measured {
  readonly rows: number
  readonly wallMs: number
  /** User and system time of all threads. */
  readonly cpuMs: number
  /** The most that was resident at any moment. */
  readonly peakMb: number
}

export interface MeasureOptions {
  readonly environment?: Readonly<Record<string, string>>
}

const run = promisify(execFile)

/** Runs a batch in a process of its own, as `llm batch` would. */
export function measureBatch(options: BatchOptions, given: MeasureOptions = {}): Promise<Measured> {
  return measure('measure-batch.js', options, given)
}

/** Sends the same requests with a bare `undici` loop: what no tool can do without. */
export function measureBareLoop(options: {
  readonly url: string
  readonly rows: number
  readonly concurrency: number
}): Promise<Measured> {
  return measure('measure-bare-loop.js', options, {})
}

/**
 * Asks, hashes, reads and writes CSV and records in a plain loop: what no recorded run can do
 * without.
 */
export function measureFloorLoop(options: {
  readonly url: string
  readonly input: string
  readonly output: string
  readonly database: string
  readonly concurrency: number
}): Promise<Measured> {
  return measure('measure-floor-loop.js', options, {})
}

/** Generates the same answers with node-llama-cpp alone. */
export function measureBareGguf(options: {
  readonly path: string
  readonly texts: readonly string[]
  readonly concurrency: number
  readonly maxTokens: number
}): Promise<Measured> {
  return measure('measure-bare-gguf.js', options, {})
}

async function measure(
  program: string,
  options: unknown,
  { environment = {} }: MeasureOptions,
): Promise<Measured> {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const { stdout } = await run(process.execPath, [path, JSON.stringify(options)], {
    env: { ...process.env, ...environment },
    maxBuffer: 1 << 26,
  })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The median over the rounds of a way ÷ the other way of the same round. */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(values.map((value, round) => value / (others[round] ?? Number.NaN)))
}

/** `10000,100000` as numbers. */
export function numbersOf(text: string): number[] {
  return text.split(',').map(Number)
}

/** A table for people, columns aligned to the right. */
export function printTable(rows: readonly (readonly (string | number)[])[]): void {
  const texts = rows.map(row => row.map(String))
  const widths = texts[0]?.map((_, column) =>
    Math.max(...texts.map(row => row[column]?.length ?? 0)),
  )
  for (const row of texts) {
    console.log(row.map((cell, column) => cell.padStart(widths?.[column] ?? 0)).join('  '))
  }
}
