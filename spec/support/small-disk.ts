import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A disk with room for so much, in memory. */
export interface SmallDisk {
  /** Gives it more room, as somebody who removed something would. */
  readonly grow: (kilobytes: number) => Promise<void>
  /** From now on nothing can be written on it. */
  readonly freeze: () => Promise<void>
  readonly unmount: () => Promise<void>
}

/** Whether this machine lets us mount one: root only, and not in every container. */
export async function canMount(): Promise<boolean> {
  const probe = `mount -t tmpfs -o size=16k tmpfs /mnt`
  const isOwn = run('unshare', ['--mount', 'sh', '-c', probe])
  return isOwn.then(
    () => true,
    () => false,
  )
}

/** Mounts a disk of so many kilobytes at a folder, which is made. */
export async function mountSmallDisk(folder: string, kilobytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true })
  await run('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder])
  return {
    grow: async more => void (await run('mount', ['-o', `remount,size=${more}k`, folder])),
    freeze: async () => void (await run('mount', ['-o', 'remount,ro', folder])),
    unmount: async () => void (await run('umount', ['--lazy', folder])),
  }
}
