import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const preload = pathToFileURL(resolve(import.meta.dirname, 'say-peak.mjs'))

/** The environment of a command that says at its end how much memory it took at most. */
export function sayingPeak(): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import ${preload}` }
}

/** Megabytes that a command said it took at most. */
export function peakMb(stderr: string): number {
  return Number(/^PEAK_MB (\d+)$/m.exec(stderr)?.[1])
}
