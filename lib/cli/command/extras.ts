import { runError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import { type ExtraName, extraNames, extras } from '../../extras/extra-list.js'
import { installExtra, removeExtra } from '../../extras/install-extra.js'
import { findExtra, listExtras } from '../../extras/list-extras.js'
import { printableLine } from '../../host/printable.js'
import { canShowLine, showLine } from '../terminal/show-line.js'
import { onStopSignal } from '../terminal/stop-on-signals.js'
import { jsonDocument } from '../text/batch-json.js'
import { exitCodes } from '../text/exit-code.js'
import { extraFields, extraTable } from '../text/extra-text.js'
import type { CommandSurroundings, RunCommand } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'

/** `llm extras`: a line for each extra. */
export const runExtrasList: RunCommand = async ({ switches }, { stdout }) => {
  const listed = await listExtras()
  stdout.write(switches.json ? jsonDocument(listed.map(extraFields)) : extraTable(listed, stdout))
  return exitCodes.allAnswered
}

/** `llm extras install NAME...`: installs extras into llm's folder. */
export const runExtrasInstall: RunCommand = async ({ operands }, surroundings) => {
  for (const name of operands.map(extraNamed)) {
    const before = await findExtra(name)
    const folder = before ?? (await installShown(name, surroundings))
    const said = before === undefined ? 'is there now' : 'is there already'
    surroundings.stderr.write(printableLine(`${name} ${said}: ${folder}`))
    surroundings.stderr.write('\n')
  }
  return exitCodes.allAnswered
}

/** `llm extras remove NAME...`: removes extras from llm's folder. */
export const runExtrasRemove: RunCommand = async ({ operands }, { home, stderr }) => {
  for (const name of operands.map(extraNamed)) {
    if (await removeExtra(name, home.folder)) {
      stderr.write(`${name} is removed.\n`)
      continue
    }
    const folder = await findExtra(name)
    if (folder === undefined) throw runError('SETTING_INVALID', `${name} is not installed.`)
    throw runError(
      'SETTING_INVALID',
      `${name} was not installed by llm extras install. It is in ${folder}`,
      'Remove it with the program that installed it there.',
    )
  }
  return exitCodes.allAnswered
}

async function installShown(name: ExtraName, surroundings: CommandSurroundings): Promise<string> {
  const { environment, platform, clock, home, signals, stderr } = surroundings
  const { packages, megabytes } = extras[name]
  const releases = Object.entries(packages).map(([each, version]) => `${each} ${version}`)
  const text = `Installing ${name}: ${releases.join(', ')} (${megabytes} MB)`
  const line = canShowLine(surroundings)
    ? await showLine(stderr, columns => text.slice(0, columns), { clock, environment })
    : undefined
  if (line === undefined) stderr.write(`${text}\n`)
  const stop = new AbortController()
  const release = onStopSignal(signals, () => stop.abort())
  try {
    const { signal } = stop
    return await installExtra(name, {
      userFolder: home.folder,
      environment,
      platform,
      clock,
      signal,
    })
  } finally {
    release()
    line?.stop()
  }
}

/** @throws {BatchError} USAGE_INVALID for a name that is none. */
function extraNamed(given: string): ExtraName {
  const found = extraNames.find(name => name === given.toLowerCase())
  if (found !== undefined) return found
  const [near] = nearest(given, extraNames, 1)
  const hint = near === undefined ? `Extras: ${extraNames.join(', ')}` : `Did you mean ${near}?`
  throw usageInvalid(`Unknown extra: ${printableLine(given)}`, hint)
}
