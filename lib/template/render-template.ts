import { stringifyJson } from '../row/exact-json.js'
import type { Columns, ColumnValue } from '../row/row.js'
import { hasWrittenForm } from '../row/written-form.js'
import { columnNumberText, columnValue, ownValue } from './column-value.js'
import { missingColumn } from './missing-column.js'
import type { Template, TemplatePlaceholder } from './template.js'

/**
 * Puts a row's values into a template. Braces inside a value stay as they are.
 *
 * A name means the column with exactly that name, else the value at the path that its dots
 * describe, else the template's default. Null gives an empty text; objects and arrays give JSON. A
 * number is written as in the input.
 *
 * @throws {BatchError} COLUMN_MISSING, reach row.
 * @example
 *     console.log(renderTemplate(parseTemplate('Classify: {review}'), { review: 'Lovely' }))
 */
export function renderTemplate(template: Template, columns: Columns): string {
  let text = ''
  for (const part of template.parts) {
    text += part.kind === 'text' ? part.text : valueFor(part, template, columns)
  }
  return text
}

function valueFor(part: TemplatePlaceholder, { defaults }: Template, columns: Columns): string {
  let value = columnValue(columns, part.name, part.isPath)
  if (typeof value === 'number' && hasWrittenForm(columns)) {
    return columnNumberText(columns, part.name, part.isPath) ?? String(value)
  }
  if (value === undefined) value = ownValue(defaults, part.name)
  if (value !== undefined) return textOf(value)
  if (!part.isRequired) return part.source
  throw missingColumn(part, Object.keys(columns))
}

function textOf(value: ColumnValue): string {
  if (value === null) return ''
  return typeof value === 'object' ? stringifyJson(value) : String(value)
}
