import { parseSeconds } from '../../config/parse-number.js'
import { printableLine } from '../../host/printable.js'
import type { StopRequest } from '../../port/batch-store.js'
import type { StoredBatch } from '../../port/stored-batch.js'
import { durationText } from '../text/amount-text.js'
import { exitCodes } from '../text/exit-code.js'
import type { RunCommand } from '../words/command.js'
import { findMeantBatch, withArchive } from './with-archive.js'

/** `llm batch cancel [ID]`: asks the batch's process to stop; the second time, to stop at once. */
export const runBatchCancel: RunCommand = async (given, surroundings) => {
  const graceMs = readGraceMs(given.texts.grace ?? '30')
  return withArchive(given, surroundings, async archive => {
    const batch = await findMeantBatch(archive, given.operands[0])
    const request: StopRequest = batch.isStopAsked ? { kind: 'abort' } : { kind: 'finish', graceMs }
    const { takeOver } = given.switches
    const result = await archive.requestStop(batch.id, request, { takeOver })
    surroundings.stdout.write(`${printableLine(resultText(batch, result, request))}\n`)
    return exitCodes.allAnswered
  })
}

function readGraceMs(text: string): number {
  return /^0+$/.test(text) ? 0 : parseSeconds(text, { name: '--grace' })
}

function resultText(
  { id, status }: StoredBatch,
  result: 'asked' | 'marked' | 'idle',
  request: StopRequest,
): string {
  if (result === 'marked') return `${id} is cancelled: its process is gone.`
  if (result === 'idle') return `${id} is not running (${status}): there is nothing to cancel.`
  if (request.kind === 'abort') return `Asked ${id} to end its calls in flight at once.`
  const grace = durationText(request.graceMs)
  return `Asked ${id} to stop: calls in flight have ${grace} to finish. Cancel again to end them at once.`
}
