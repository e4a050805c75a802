/**
 * Whether a spreadsheet would take a cell for a formula, and so run what a model or a row says: it
 * begins with one of the characters that OWASP lists, or a full-width form of one. A number with a
 * sign runs nothing.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function isFormula(cell: string): boolean {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) && !isNumber(cell)
}

/**
 * The cell with a `'` before it where it is a formula, by which a spreadsheet takes it for text.
 */
export function guardFormula(cell: string): string {
  return isFormula(cell) ? `'${cell}` : cell
}

function isNumber(cell: string): boolean {
  return cell.length <= 40 && /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?%?$/i.test(cell)
}
