/**
 * A format, as text that is written piece by piece.
 *
 * After every piece all records so far stand whole, and `closing` makes a valid document of them.
 */
export interface OutputDocument<Item> {
  /** The record of an item; never an empty text. */
  readonly record: (item: Item) => string
  /** Stands before the first record. */
  readonly opening: string
  /** Stands between two records. */
  readonly separator: string
  /** Stands after the last record. */
  readonly closing: string
  /** The whole document when there is no record. */
  readonly empty: string
  /**
   * Answers made into records so far that a spreadsheet would run as formulas; absent where it runs
   * none.
   */
  readonly formulas?: () => number
}

/** Records, at least one, as a piece of a document, with all that has to stand before them. */
export function joinRecords(
  { opening, separator }: Pick<OutputDocument<unknown>, 'opening' | 'separator'>,
  records: readonly string[],
  isFirst: boolean,
): string {
  return (isFirst ? opening : separator) + records.join(separator)
}
