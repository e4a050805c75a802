import type { ModelRow } from './batch-model.js'
import type { EditStep } from './steps.js'

/** The rows after somebody has edited the input. A few are always left. */
export function editRows(
  rows: readonly ModelRow[],
  { how, at, word }: EditStep,
): readonly ModelRow[] {
  const index = at % rows.length
  const row = rows[index] as ModelRow
  const id = 1 + Math.max(...rows.map(({ id }) => id))
  switch (how) {
    case 'insert':
      return rows.toSpliced(index, 0, { id, word })
    case 'delete':
      return rows.length > 3 ? rows.toSpliced(index, 1) : rows
    case 'reverse':
      return rows.toReversed()
    case 'move':
      return [...rows.slice(index), ...rows.slice(0, index)]
    case 'duplicate':
      return [...rows, row]
    case 'change':
      return rows.with(index, { ...row, word })
    case 'renumber':
      return rows.with(index, { ...row, id })
  }
}
