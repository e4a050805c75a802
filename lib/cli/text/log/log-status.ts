import type { LogCounts } from '../../../port/llm-log.js'

export interface LogStatus {
  readonly path: string
  readonly isOff: boolean
  readonly counts: LogCounts
  readonly bytes: number
}

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

/** The text of `llm logs status`. Older conversations are named only if there are some. */
export function logStatusText({ path, isOff, counts, bytes }: LogStatus): string {
  const { threads, turns, conversations, responses } = counts
  const lines = [
    isOff ? 'Logging is OFF' : 'Logging is ON for all prompts',
    `Found log database at ${path}`,
    `Number of threads logged:\t${threads}`,
    `Number of turns logged:\t\t${turns}`,
    ...(conversations + responses === 0
      ? []
      : [
          `Number of legacy conversations:\t${conversations}`,
          `Number of legacy responses:\t${responses}`,
        ]),
    `Database file size: \t\t${logSizeText(bytes)}`,
  ]
  return `${lines.join('\n')}\n`
}

/** llm's text of a size, such as `272.00KB`. */
export function logSizeText(bytes: number): string {
  if (bytes === 0) return '0B'
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit += 1
  }
  return `${size.toFixed(2)}${units[unit]}`
}
