/** Columns of a sheet at most, as in Excel. */
export const mostColumns = 16_384

const letters = 26
const letterA = 65

/**
 * The column of a cell's address as a number from 1: 28 of `AB12`.
 *
 * @throws {Error} if there is no such column.
 */
export function columnOf(address: string): number {
  let column = 0
  for (const letter of /^([A-Z]{1,3})\d*$/i.exec(address)?.[1]?.toUpperCase() ?? '') {
    column = column * letters + letter.charCodeAt(0) - letterA + 1
  }
  if (column === 0 || column > mostColumns) throw new Error(`There is no cell ${address}`)
  return column
}

/** The address of a cell: `AB12` of column 28 and line 12, both from 1. */
export function cellAddress(column: number, line: number): string {
  let name = ''
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / letters)) {
    name = String.fromCharCode(letterA + ((rest - 1) % letters)) + name
  }
  return `${name}${line}`
}
