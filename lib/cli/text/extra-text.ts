import type { ListedExtra } from '../../extras/list-extras.js'
import type { TerminalOutput } from '../../host/screen-output.js'
import type { ColumnValue } from '../../row/row.js'
import { columnsOf, type TableColumn, tableText } from './table-text.js'

const columns: readonly TableColumn[] = [
  { title: 'NAME' },
  { title: 'FOR' },
  { title: 'SIZE', align: 'right' },
  { title: 'INSTALLED' },
  { title: 'WHERE', least: 12, cut: 'start', isOptional: true },
]

/** The table of `llm extras`. */
export function extraTable(extras: readonly ListedExtra[], output: TerminalOutput): string {
  const rows = extras.map(({ name, purpose, megabytes, folder }) => [
    name,
    purpose,
    `${megabytes} MB`,
    folder === undefined ? 'no' : 'yes',
    folder ?? '',
  ])
  return tableText(columns, rows, columnsOf(output))
}

/** An extra as `llm extras --json` prints it. */
export function extraFields(extra: ListedExtra): Readonly<Record<string, ColumnValue>> {
  const { name, purpose, megabytes, packages, folder } = extra
  return {
    name,
    purpose,
    megabytes,
    packages,
    installed: folder !== undefined,
    folder: folder ?? null,
  }
}
