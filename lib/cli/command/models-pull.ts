import { dirname, join } from 'node:path'
import { BatchError } from '../../error/batch-error.js'
import { nearest } from '../../error/nearest.js'
import { ggufFolder, nameGgufModel } from '../../home/gguf-models.js'
import { homeFileUnwritable, makeHomeFolder } from '../../home/write-home-file.js'
import { printableLine } from '../../host/printable.js'
import { type PullableModel, pullList, pullUrl } from '../../model/catalog/pull-list.js'
import { downloadFile } from '../../model/gguf/download-file.js'
import { canShowLine, showLine } from '../terminal/show-line.js'
import { barText, bytesText } from '../text/amount-text.js'
import { exitCodes } from '../text/exit-code.js'
import type { CommandSurroundings, RunCommand } from '../words/command.js'
import { usageInvalid } from '../words/usage-errors.js'

/** `llm models pull NAME`: downloads a small model, unless it is here already, and names it. */
export const runModelsPull: RunCommand = async ({ operands }, surroundings) => {
  const model = pullableNamed(operands[0] ?? '')
  const { home, stderr, asCalled } = surroundings
  const path = join(ggufFolder(home), model.file)
  const how = await fetchShown(model, path, surroundings)
  await nameGgufModel(home.folder, { name: model.name, path })
  const said = how === 'there' ? 'is there already' : 'is there now'
  stderr.write(printableLine(`${model.title} ${said}: ${path}`))
  stderr.write(`\nTry: ${asCalled('llm batch')} questions.txt --model ${model.name}\n`)
  return exitCodes.allAnswered
}

async function fetchShown(
  model: PullableModel,
  path: string,
  surroundings: CommandSurroundings,
): Promise<'fetched' | 'there'> {
  const { environment, stderr, clock } = surroundings
  const { title, bytes, sha256 } = model
  const url = pullUrl(model, environment)
  let done = 0
  const onProgress = (bytesDone: number) => {
    done = bytesDone
  }
  const lineOf = (columns: number) =>
    `${title} · ${barText(done / bytes, 24)} · ${bytesText(done, bytes)}`.slice(0, columns)
  const line = canShowLine(surroundings)
    ? await showLine(stderr, lineOf, { clock, environment })
    : undefined
  try {
    await makeHomeFolder(dirname(path))
    return await downloadFile({ url, path, bytes, sha256, environment, clock, onProgress })
  } catch (error) {
    throw withWayRound(error, model, path)
  } finally {
    line?.stop()
  }
}

/** Adds how to get the file without a network, or where it can be written. */
function withWayRound(error: unknown, { bytes, sha256 }: PullableModel, path: string): unknown {
  if (error instanceof Error && 'syscall' in error && 'path' in error)
    return homeFileUnwritable(path, error)
  if (!BatchError.isInstance(error) || error.remedy !== undefined) return error
  return new BatchError(error.message, {
    code: error.code,
    reach: error.reach,
    remedy: `Run the command again to continue the download. Without a network: put the file (${bytes} bytes, SHA-256 ${sha256}) at ${path}`,
    cause: error,
  })
}

function pullableNamed(name: string): PullableModel {
  const found = pullList.find(model => model.name === name.toLowerCase())
  if (found !== undefined) return found
  const names = pullList.map(model => model.name)
  const [near] = nearest(name, names, 1)
  const hint = near === undefined ? `There is: ${names.join(', ')}.` : `Did you mean ${near}?`
  throw usageInvalid(
    `llm models pull does not know the model ${printableLine(name)}`,
    `${hint} For any other GGUF file: download it, then llm models add NAME PATH`,
  )
}
