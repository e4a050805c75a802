import { missingColumnInAll } from './missing-column.js'
import type { Template, TemplatePlaceholder } from './template.js'

/**
 * Proves, before the first call, that every row can have what the template asks for.
 *
 * Of a dotted name only the first segment can be known beforehand; the rest is looked for in each row.
 *
 * @param columns the columns that rows have; use it only where every row has the same.
 * @param further names that a row is asked for as well, without having such a column.
 * @throws {BatchError} COLUMN_MISSING, reach run.
 */
export function checkTemplate(
  template: Template,
  columns: readonly string[],
  further: readonly string[] = [],
): void {
  const known = new Set([...columns, ...further])
  for (const part of template.parts) {
    if (part.kind !== 'placeholder' || !part.isRequired) continue
    if (known.has(part.name) || Object.hasOwn(template.defaults, part.name)) continue
    if (part.isPath && known.has(firstSegment(part))) continue
    throw missingColumnInAll(part, columns, further)
  }
}

function firstSegment({ name }: TemplatePlaceholder): string {
  return name.split('.', 1)[0] ?? name
}
