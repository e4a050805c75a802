import { systemClock } from '../../host/system-clock.js'
import type { BatchReport } from '../../report/batch-report.js'
import { stringifyJson } from '../../row/exact-json.js'
import { streamTarget } from '../../sink/target/stream-target.js'
import { watchReports } from '../terminal/watch-reports.js'
import { jsonDocument, reportFields } from '../text/batch-json.js'
import { exitCodes, isClosedPipe } from '../text/exit-code.js'
import { statusLine, statusText } from '../text/status-text.js'
import type { CommandSurroundings, GivenCommand } from '../words/command.js'
import { readReport } from './read-report.js'
import { withArchive } from './with-archive.js'

/** `llm batch status ID`: shows a batch; with `--watch`, each second until its end. */
export async function runBatchStatus(
  given: GivenCommand,
  surroundings: CommandSurroundings,
): Promise<number> {
  const { operands, texts, switches } = given
  return withArchive(given, surroundings, async archive => {
    const look = () =>
      readReport(archive, { id: operands[0] ?? '', database: texts.database, surroundings })
    const show = reportShower(surroundings, switches)
    if (switches.watch) return watch(look, { show, surroundings })
    await show(await look(), true)
    return exitCodes.allAnswered
  })
}

/** Shows a report. `isLast` says that no other follows. */
type ShowReport = (report: BatchReport, isLast: boolean) => Promise<void>

interface WatchOptions {
  readonly show: ShowReport
  readonly surroundings: CommandSurroundings
}

async function watch(
  look: () => Promise<BatchReport>,
  { show, surroundings }: WatchOptions,
): Promise<number> {
  const { signals, clock = systemClock } = surroundings
  try {
    const hasEnded = await watchReports({ look, show, signals, clock })
    return hasEnded ? exitCodes.allAnswered : exitCodes.interrupted
  } catch (error) {
    if (isClosedPipe(error)) return exitCodes.allAnswered
    throw error
  }
}

function reportShower(
  { stdout, workingDirectory, environment }: CommandSurroundings,
  { json, watch }: GivenCommand['switches'],
): ShowReport {
  // A write to a closed pipe ends the watching.
  const target = streamTarget(stdout)
  const width = stdout.isTTY ? stdout.columns || undefined : undefined
  const isRedrawn = watch && !json && stdout.isTTY === true && environment.TERM !== 'dumb'
  let drawnLines = 0
  return async (report, isLast) => {
    const text = textOf(report, isLast)
    if (drawnLines > 0) (stdout.unscreened ?? stdout).write(`\u001b[${drawnLines}F\u001b[0J`)
    drawnLines = isRedrawn ? text.split('\n').length - 1 : 0
    await target.write(Buffer.from(text))
  }

  function textOf(report: BatchReport, isLast: boolean): string {
    if (json)
      return watch ? `${stringifyJson(reportFields(report))}\n` : jsonDocument(reportFields(report))
    const text = statusText(report, { workingDirectory, width })
    if (!watch) return text
    if (!isRedrawn) return isLast ? text : `${statusLine(report)}\n`
    return isLast ? text : firstLines(text, (stdout.rows || 24) - 1)
  }
}

/** The lines that fit on the terminal: the cursor cannot move above the top. */
function firstLines(text: string, count: number): string {
  return text
    .split(/(?<=\n)/)
    .slice(0, count)
    .join('')
}
