import { type BatchReport, batchReport } from '../../report/batch-report.js'
import { stringifyJson } from '../../row/exact-json.js'
import { streamTarget } from '../../sink/target/stream-target.js'
import { watchReports } from '../terminal/watch-reports.js'
import { jsonDocument, reportFields } from '../text/batch-json.js'
import { exitCodes, isClosedPipe } from '../text/exit-code.js'
import { statusLine, statusText } from '../text/status-text.js'
import { columnsOf } from '../text/table-text.js'
import type { CommandSurroundings, GivenCommand, RunCommand } from '../words/command.js'
import { findKnownBatch, findMeantBatch, withArchive } from './with-archive.js'

/** `llm batch status [ID]`: shows a batch; with `--watch`, each second until its end. */
export const runBatchStatus: RunCommand = async (given, surroundings) => {
  const { operands, texts, switches } = given
  const { clock, workingDirectory, program } = surroundings
  return withArchive(given, surroundings, async archive => {
    const show = reportShower(surroundings, switches)
    // The newest batch stays the same one, if another starts while it is watched.
    const { id } = await findMeantBatch(archive, operands[0])
    const look = async () => {
      const batch = await findKnownBatch(archive, id)
      const errors = await archive.countErrors(batch.id)
      const asked = { database: texts.database, workingDirectory, program }
      return batchReport({ batch, errors, nowMs: clock.nowMs(), ...asked })
    }
    if (!switches.watch) {
      await show(await look(), true)
      return exitCodes.allAnswered
    }
    try {
      const hasEnded = await watchReports(look, show, surroundings)
      return hasEnded ? exitCodes.allAnswered : exitCodes.interrupted
    } catch (error) {
      if (isClosedPipe(error)) return exitCodes.allAnswered
      throw error
    }
  })
}

/** Returns a function that shows a report. Its `isLast` says that no other report follows. */
function reportShower(
  { stdout, workingDirectory, environment }: CommandSurroundings,
  { json, watch }: GivenCommand['switches'],
): (report: BatchReport, isLast: boolean) => Promise<void> {
  // A write to a closed pipe ends the watching.
  const target = streamTarget(stdout)
  const isRedrawn = watch && !json && stdout.isTTY === true && environment.TERM !== 'dumb'
  let drawnLines = 0
  return async (report, isLast) => {
    const text = json ? jsonOf(report) : textOf(report, isLast)
    if (drawnLines > 0) (stdout.unscreened ?? stdout).write(`\u001b[${drawnLines}F\u001b[0J`)
    drawnLines = isRedrawn ? text.split('\n').length - 1 : 0
    await target.write(Buffer.from(text))
  }

  function jsonOf(report: BatchReport): string {
    const fields = reportFields(report)
    return watch ? `${stringifyJson(fields)}\n` : jsonDocument(fields)
  }

  function textOf(report: BatchReport, isLast: boolean): string {
    if (watch && !isRedrawn && !isLast) return `${statusLine(report)}\n`
    const text = statusText(report, workingDirectory, columnsOf(stdout))
    if (!isRedrawn || isLast) return text
    // Only the lines that fit: the cursor cannot move above the top of the terminal.
    const lines = text.split(/(?<=\n)/)
    return lines.slice(0, (stdout.rows || 24) - 1).join('')
  }
}
