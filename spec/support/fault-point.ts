import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * What a run does at which it can be killed: it appends outcomes to its journal; commits what the
 * journal holds to the database; commits anything else (that it began, that it ended); cuts the
 * journal's file; removes it; puts a whole output in the place of the old one.
 */
export const faultKinds = ['append', 'commit', 'transaction', 'cut', 'unlink', 'rename'] as const

/** `append:before:7`: the run dies before its seventh append. */
export type FaultPoint = `${(typeof faultKinds)[number]}:${'before' | 'after'}:${number}`

const preload = pathToFileURL(resolve(import.meta.dirname, 'die-at-fault-point.mjs')).href

/** The environment of a command that is killed there. */
export function killedAt(point: FaultPoint): Readonly<Record<string, string>> {
  return { FAULT_POINT: point, NODE_OPTIONS: `--import ${preload}` }
}

/**
 * Kind and side of the point that was hit, by what the command said; absent when it came to its end
 * before.
 */
export function faultHit(stderr: string): string | undefined {
  return /^FAULT_POINT (\w+:\w+):\d+ hit$/m.exec(stderr)?.[1]
}
