/** What a reader put right without a failed row. Counts while rows are read. */
export interface MendedCounts {
  /** Rows of a table that got empty fields at their end. */
  filledRows: number
  /** Rows of a table that lost empty fields at their end. */
  cutRows: number
  /** Rows of a sheet with cells to the right of the header, which were left out. */
  strayRows: number
  /** Bad bytes that became U+FFFD, as `--bad-bytes replace` asks. */
  replacedBytes: number
}

export function noneMended(): MendedCounts {
  return { filledRows: 0, cutRows: 0, strayRows: 0, replacedBytes: 0 }
}

/** The counts as sentences for a summary; none for what did not happen. */
export function mendedTexts(counts: MendedCounts): string[] {
  const { filledRows, cutRows, strayRows, replacedBytes } = counts
  const filled = `${counted(filledRows, 'row')} had fewer fields than the header: the missing fields are empty`
  const cut = `${counted(cutRows, 'row')} had more fields than the header, all empty: those were dropped`
  const stray = `${counted(strayRows, 'row')} had cells to the right of the header: those were left out`
  const replaced = `${counted(replacedBytes, 'bad character')} replaced by U+FFFD`
  return [
    ...(filledRows > 0 ? [filled] : []),
    ...(cutRows > 0 ? [cut] : []),
    ...(strayRows > 0 ? [stray] : []),
    ...(replacedBytes > 0 ? [replaced] : []),
  ]
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
