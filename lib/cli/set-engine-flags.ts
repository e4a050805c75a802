import { setFlagsFromString } from 'node:v8'

/**
 * Has V8 spend less memory and time on a run of minutes. Only for the command: a library leaves its
 * caller's engine alone.
 *
 * - It collects before its heap has grown by much more than a third. Rows live a little longer than
 *   the young generation lasts, so garbage of 23 MB of live objects grew to 100 MB before it was
 *   collected: 233 MB were resident at most over 40,000 rows, 172 with this, for some 5 % of CPU.
 * - It copies fewer functions into those that call them. Compiling is half of what 10,000 rows cost
 *   beside a bare loop of requests: 1.72 x that loop without this, 1.52 with it; over 40,000 rows
 *   both are the same.
 */
export function setEngineFlags(): void {
  setFlagsFromString('--heap-growing-percent=40')
  setFlagsFromString('--max-inlined-bytecode-size=150')
  setFlagsFromString('--max-inlined-bytecode-size-cumulative=200')
}
