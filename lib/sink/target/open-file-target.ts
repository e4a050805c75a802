import { type BigIntStats, constants, fstatSync, open as openDescriptor } from 'node:fs'
import { type FileHandle, open, readlink, stat, unlink } from 'node:fs/promises'
import { Socket } from 'node:net'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { resolveLinks } from '../../disk/resolve-links.js'
import { writeWhole } from '../../disk/write-whole.js'
import { BatchError, runError } from '../../error/batch-error.js'
import type { OutputTarget } from './output-target.js'
import { outputUnwritable } from './output-unwritable.js'
import { streamTarget } from './stream-target.js'

export interface OpenFileTargetOptions {
  readonly path: string
  /** Whether an existing file may be replaced. */
  readonly overwrite: boolean
  /** Paths of the input. The output must not be one of these files under any name. */
  readonly inputFiles?: readonly string[] | undefined
  /**
   * Called before the file is touched. Rejects if this process no longer holds the batch; then the
   * file stays as it is.
   */
  readonly confirm?: (() => Promise<void> | undefined) | undefined
}

/**
 * Opens a file for writing, which proves that it can be written. A refused file stays as it was. A
 * file to be replaced keeps its content until the first write.
 *
 * @throws {BatchError} OUTPUT_EXISTS, OUTPUT_UNWRITABLE; reach run.
 */
export async function openFileTarget(options: OpenFileTargetOptions): Promise<OutputTarget> {
  const { path, confirm } = options
  let place = path
  try {
    const present = await checkReplaceable(options)
    if (present === undefined) {
      place = await placeOfNew(options)
      return targetFor({ path, place, kind: 'made', confirm }, await open(place, 'ax'))
    }
    if (present.isFIFO()) return await pipeTarget(path)
    const kind = present.isFile() ? 'old' : 'device'
    const flags = constants.O_WRONLY | constants.O_APPEND
    return targetFor({ path, place, kind, confirm }, await open(path, flags))
  } catch (error) {
    if (BatchError.isInstance(error)) throw error
    const isTaken = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw isTaken ? outputExists(path) : outputUnwritable(place, error)
  }
}

/**
 * Opens a pipe once there is a reader. As a stream, because a write to a pipe without a reader
 * cannot be cancelled.
 */
async function pipeTarget(path: string): Promise<OutputTarget> {
  const fd = await promisify(openDescriptor)(path, constants.O_WRONLY)
  const stream = new Socket({ fd, readable: false, writable: true })
  const target = streamTarget(stream, path)
  return {
    ...target,
    path: resolve(path),
    async close() {
      await target.close()
      stream.destroy()
    },
  }
}

/**
 * Creates a file only if nothing is there. A dangling link counts as something, and is written
 * through only with `overwrite`.
 */
async function placeOfNew({ path, overwrite }: OpenFileTargetOptions): Promise<string> {
  const isLink = await readlink(path).then(
    () => true,
    () => false,
  )
  return isLink && overwrite ? resolveLinks(path) : path
}

/**
 * Checks whether an output may replace what is at a path.
 *
 * @returns what is there, if anything.
 * @throws {BatchError} OUTPUT_EXISTS; OUTPUT_UNWRITABLE if it is the input; reach run.
 */
export async function checkReplaceable({
  path,
  overwrite,
  inputFiles = [],
}: OpenFileTargetOptions): Promise<BigIntStats | undefined> {
  const present = await statIfAny(path)
  if (present === undefined) return undefined
  for (const input of inputFiles) {
    if (await isSame(present, input)) throw outputIsInput(path)
  }
  // A device, a pipe or an empty file (as after a kill before the first row) holds nothing that
  // could be lost.
  if (present.isFile() && present.size > 0 && !overwrite) throw outputExists(path)
  return present
}

interface OpenedFile extends Pick<OpenFileTargetOptions, 'confirm'> {
  readonly path: string
  /** The file's own path, after links. */
  readonly place: string
  readonly kind: 'made' | 'old' | 'device'
}

/** Writes go to the present end of the file: a file that somebody empties gets no hole. */
function targetFor({ path, place, kind, confirm }: OpenedFile, handle: FileHandle): OutputTarget {
  const absolutePath = resolve(path)
  const absolutePlace = resolve(place)
  const isFile = kind !== 'device'
  /** Whether the file was emptied or written to. */
  let isTouched = false
  let isGone = false
  let size = 0
  return {
    path: absolutePath,
    isInPlace: () => isTouched || kind !== 'old',
    isGone: () => isGone,
    isTaken: () => true,
    async write(bytes) {
      try {
        await confirm?.()
        checkUnchanged()
        if (!isTouched && kind === 'old') {
          await handle.truncate(0)
          isTouched = true
        }
        await writeWhole(handle, bytes, null, isFile ? size : undefined)
        isTouched = true
        size += bytes.length
      } catch (error) {
        const isClosedPipe = (error as NodeJS.ErrnoException).code === 'EPIPE'
        throw isClosedPipe || BatchError.isInstance(error) ? error : outputUnwritable(path, error)
      }
    },
    async verify() {
      isGone ||= isFile && !(await isStillThere())
      if (isGone) throw outputGone(path)
      checkUnchanged()
    },
    hurry: () => {},
    async close() {
      const isUnused = kind === 'made' && !isTouched
      const isOurs = !isFile || (await isStillThere())
      await handle.close()
      isGone ||= isUnused || !isOurs
      if (!isUnused || !isOurs) return
      await confirm?.()
      await unlink(absolutePlace)
    },
  }

  /**
   * Rejects if the file does not hold exactly our rows; then nothing more is written. Synchronous,
   * because Node's threads cost ten times as much.
   */
  function checkUnchanged(): void {
    if (!isFile || (kind === 'old' && !isTouched)) return
    isGone ||= fstatSync(handle.fd).size !== size
    if (isGone) throw outputChanged(path)
  }

  async function isStillThere(): Promise<boolean> {
    const there = await statIfAny(absolutePath)
    const written = await handle.stat({ bigint: true })
    return there?.ino === written.ino && there.dev === written.dev
  }
}

async function statIfAny(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function isSame(output: BigIntStats, inputPath: string): Promise<boolean> {
  if (!output.isFile()) return false
  const input = inputPath === '-' ? statOfStandardInput() : await statIfAny(inputPath)
  return input?.ino === output.ino && input.dev === output.dev
}

function statOfStandardInput(): BigIntStats | undefined {
  try {
    return fstatSync(0, { bigint: true })
  } catch {
    return undefined // The file is closed.
  }
}

function outputExists(path: string): BatchError {
  return runError(
    'OUTPUT_EXISTS',
    `The output already exists: ${path}`,
    'Replace the file with --overwrite, or name another file with --output.',
  )
}

function outputIsInput(path: string): BatchError {
  return runError(
    'OUTPUT_UNWRITABLE',
    `The output is the input: ${path}`,
    'Name another file with --output.',
  )
}

function outputChanged(path: string): BatchError {
  return runError(
    'OUTPUT_UNWRITABLE',
    `Another program changed the output while it was written: ${path}`,
    'The file stays as it is. All answers are recorded. Continue with --resume.',
  )
}

function outputGone(path: string): BatchError {
  return runError(
    'OUTPUT_UNWRITABLE',
    `The output was removed or replaced while it was written: ${path}`,
    'All answers are recorded. Run the batch again with the same input.',
  )
}
