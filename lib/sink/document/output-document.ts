import type { Packing } from '../packed/packing.js'

/**
 * A format, written piece by piece.
 *
 * After every piece all rows so far are whole, and `closing` makes the document valid.
 */
export interface OutputDocument<Written> {
  /** The text of one row; never empty. */
  readonly textOf: (row: Written) => string
  /** Text before the first row. */
  readonly opening: string
  /** Text between two rows. */
  readonly separator: string
  /** Text after the last row. */
  readonly closing: string
  /** The whole document if there is no row. */
  readonly empty: string
  /** Answers so far that a spreadsheet would run as formulas; absent for other formats. */
  readonly formulas?: () => number
  /** Makes the bytes of the file from the texts; absent for a format that is text. */
  readonly packing?: Packing
}

/**
 * Joins the texts of rows, at least one, to a piece of a document, with the text before them.
 */
export function joinTexts(
  { opening, separator }: Pick<OutputDocument<unknown>, 'opening' | 'separator'>,
  texts: readonly string[],
  isFirst: boolean,
): string {
  return (isFirst ? opening : separator) + texts.join(separator)
}
