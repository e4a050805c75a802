import { resolve } from 'node:path'

/** What stands for standard output where the path of an output is compared. */
export const standardOutput = '-'

/**
 * The absolute path of an output; undefined for standard output: `-`, or a name of its device.
 *
 * Opened by its device, standard output would be the file that a shell sends it to, and be
 * replaced.
 */
export function outputPath(output: string | undefined): string | undefined {
  return output === undefined || isStandardOutput(output) ? undefined : resolve(output)
}

function isStandardOutput(output: string): boolean {
  return output === standardOutput || /^\/(dev\/(stdout|fd\/1)|proc\/self\/fd\/1)$/.test(output)
}
