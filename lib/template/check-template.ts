import { missingColumnInAll } from './missing-column.js'
import { firstSegment, type Template } from './template.js'

export interface CheckTemplateOptions {
  /** Names that a row is asked for as well, without having such a column. */
  readonly further?: readonly string[]
  /** Whether no column holds anything that has fields, as in a table: then no path leads into one. */
  readonly isFlat?: boolean
}

/**
 * Proves, before the first call, that every row can have what the template asks for.
 *
 * Of a dotted name only the first segment can be known beforehand; the rest is looked for in each row.
 *
 * @param columns the columns that rows have; use it only where every row has the same.
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
