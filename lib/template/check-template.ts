import { missingColumnInAll } from './missing-column.js'
import { firstSegment, type Template } from './template.js'

export interface CheckTemplateOptions {
  /** Further names that a template may use, though rows have no such column. */
  readonly further?: readonly string[]
  /** Whether all values are plain, as in a table: then no path leads into a value. */
  readonly isFlat?: boolean
}

/**
 * Proves, before the first call, that every row can have what the template asks for.
 *
 * Of a dotted name only the first segment is known in advance. The rest is looked up in each row.
 *
 * @param columns the columns of every row; not for rows with different columns.
 * @throws {BatchError} COLUMN_MISSING, reach run.
 */
export function checkTemplate(
  template: Template,
  columns: readonly string[],
  { further = [], isFlat = false }: CheckTemplateOptions = {},
): void {
  const known = new Set([...columns, ...further])
  for (const part of template.parts) {
    if (part.kind !== 'placeholder' || !part.isRequired) continue
    if (known.has(part.name) || Object.hasOwn(template.defaults, part.name)) continue
    if (part.isPath && !isFlat && known.has(firstSegment(part))) continue
    throw missingColumnInAll(part, columns, further)
  }
}
