import { setTimeout as sleep } from 'node:timers/promises'

/** Resolves once it is true; looks often, since what it looks at has nothing to be waited for. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await sleep(5)
}
