import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface BenchFolder {
  readonly path: string
  readonly remove: () => Promise<void>
}

export async function makeBenchFolder(): Promise<BenchFolder> {
  const path = await mkdtemp(join(tmpdir(), 'llm-batch-bench-'))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

/**
 * Writes an input of so many rows, in the format of the path's extension.
 *
 * @param reviewBytes how long each review is; about 80 bytes when absent.
 */
export async function writeBenchInput(
  path: string,
  { rows, reviewBytes = 0 }: { readonly rows: number; readonly reviewBytes?: number },
): Promise<string> {
  const format = path.slice(path.lastIndexOf('.') + 1)
  const file = createWriteStream(path)
  const write = async (text: string): Promise<void> => {
    if (!file.write(text)) await once(file, 'drain')
  }
  if (format === 'csv') await write('id,review\n')
  if (format === 'json') await write('[\n')
  for (let index = 0; index < rows; index += 1) {
    const short = `Review ${index}: the parcel came on time, and the thing in it does what it says.`
    const review = short.padEnd(reviewBytes, ' It is what I asked for.')
    await write(recordText(format, { index, rows, review }))
  }
  if (format === 'json') await write(']\n')
  file.end()
  await once(file, 'close')
  return path
}

function recordText(
  format: string,
  { index, rows, review }: { index: number; rows: number; review: string },
): string {
  const object = JSON.stringify({ id: index, review })
  switch (format) {
    case 'csv':
      return `${index},"${review}"\n`
    case 'json':
      return index + 1 < rows ? `${object},\n` : `${object}\n`
    case 'jsonl':
      return `${object}\n`
    default:
      return `${review}\n`
  }
}
