/**
 * A format, written piece by piece.
 *
 * After every piece all records so far are whole, and `closing` makes the document valid.
 */
export interface OutputDocument<Source> {
  /** The text of one record; never empty. */
  readonly record: (source: Source) => string
  /** Text before the first record. */
  readonly opening: string
  /** Text between two records. */
  readonly separator: string
  /** Text after the last record. */
  readonly closing: string
  /** The whole document if there is no record. */
  readonly empty: string
  /** Answers so far that a spreadsheet would run as formulas; absent for other formats. */
  readonly formulas?: () => number
}

/**
 * Joins records, at least one, to a piece of a document, with the text that must stand before them.
 */
export function joinRecords(
  { opening, separator }: Pick<OutputDocument<unknown>, 'opening' | 'separator'>,
  records: readonly string[],
  isFirst: boolean,
): string {
  return (isFirst ? opening : separator) + records.join(separator)
}
