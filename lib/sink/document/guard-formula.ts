/**
 * Whether a spreadsheet would run a cell as a formula: the cell starts with one of the characters
 * that OWASP lists, or its full-width form. A number with a sign is harmless.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function isFormula(cell: string): boolean {
  return /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) && !isNumber(cell)
}

/** Puts a `'` before a formula, so that a spreadsheet takes the cell for text. */
export function guardFormula(cell: string): string {
  return isFormula(cell) ? `'${cell}` : cell
}

function isNumber(cell: string): boolean {
  return cell.length <= 40 && /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?%?$/i.test(cell)
}
