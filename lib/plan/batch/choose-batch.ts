import { resolve } from 'node:path'
import type { BatchOptions } from '../../config/batch-options.js'
import { inputList, inputName } from '../../config/input-name.js'
import { type BatchError, runError } from '../../error/batch-error.js'
import type { Home } from '../../home/open-home.js'
import type { Surroundings } from '../../host/surroundings.js'
import { systemClock } from '../../host/system-clock.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { openBatchArchive } from '../../store/open-batch-archive.js'
import { outputPath, standardOutput } from '../output/output-path.js'
import { batchId } from './batch-id.js'
import { candidatesOf, chooseResumable } from './choose-resumable.js'
import { resumedOptions } from './recorded-config.js'

/** The batch that the caller means: a new or a recorded one. */
export interface ChosenBatch {
  readonly id: string
  /** The options given now, over the recorded options. */
  readonly options: BatchOptions
  /** The recorded batch to resume; absent for a new batch. */
  readonly recorded: StoredBatch | undefined
}

/**
 * Decides whether to start a batch or to resume one.
 *
 * @throws {BatchError} BATCH_UNKNOWN, BATCH_AMBIGUOUS, BATCH_ID_TAKEN; reach run.
 */
export async function chooseBatch(
  given: BatchOptions,
  home: Home,
  surroundings: Pick<Surroundings, 'clock' | 'processId' | 'identifyProcess'>,
): Promise<ChosenBatch> {
  const { clock = systemClock, processId, identifyProcess } = surroundings
  const isAsked = given.resume === true
  if (given.restart === true && !isAsked) return begun({ ...given, overwrite: true })
  if (!isAsked && given.resumeOnFailure !== true && given.batchId === undefined) return begun(given)
  const path = resolve(given.database ?? home.databasePath)
  const batches = await listBatches({ path, clock, processId, identifyProcess })
  const wanted = {
    batches,
    batchId: given.batchId,
    inputFile: inputName(given.input),
    outputFile: given.output && (outputPath(given.output) ?? standardOutput),
  }
  if (isAsked) {
    const recorded = chooseResumable(wanted)
    return given.restart === true ? restarted(recorded) : resumed(recorded)
  }
  const taken = batches.find(({ id }) => id === given.batchId)
  const mayResume = (batch: StoredBatch): boolean =>
    given.resumeOnFailure === true && batch.status !== 'completed' && batch.status !== 'running'
  if (taken !== undefined && !mayResume(taken)) throw batchIdTaken(taken)
  // Standard input may hold anything. Only a batch id says that the input is the same.
  const isPipe = inputList(given.input).includes('-')
  const failed = taken ?? (isPipe ? undefined : sameWork(wanted).find(mayResume))
  return failed === undefined ? begun(given) : resumed(failed)

  function begun(options: BatchOptions): ChosenBatch {
    const id = options.batchId ?? batchId(inputList(options.input)[0] ?? '', clock.random)
    return { id, options, recorded: undefined }
  }

  /** A new batch with a new id, and with the recorded options under the options given now. */
  function restarted(recorded: StoredBatch): ChosenBatch {
    const options = { ...resumedOptions(given, recorded), resume: false }
    return begun({ ...options, batchId: undefined, overwrite: true })
  }

  function resumed(recorded: StoredBatch): ChosenBatch {
    return { id: recorded.id, options: resumedOptions(given, recorded), recorded }
  }
}

/** If no output is given, only batches to standard output are the same work. */
function sameWork(wanted: Parameters<typeof candidatesOf>[0]): readonly StoredBatch[] {
  return candidatesOf({ ...wanted, outputFile: wanted.outputFile ?? standardOutput })
}

async function listBatches(
  options: Parameters<typeof openBatchArchive>[0],
): Promise<readonly StoredBatch[]> {
  const archive = await openBatchArchive(options)
  try {
    return await archive.listBatches({ isRough: true })
  } finally {
    await archive.close()
  }
}

function batchIdTaken({ id, inputFile, status }: StoredBatch): BatchError {
  return runError(
    'BATCH_ID_TAKEN',
    `Batch ${id} already exists: ${inputFile} (${status})`,
    'Resume it with --resume, choose another --batch-id, or remove it with `llm batch remove`.',
  )
}
