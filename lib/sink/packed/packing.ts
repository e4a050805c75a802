/**
 * Makes the bytes of a file that is not text from lines of cells: `["Ada",36]`, each with a line
 * break.
 *
 * The file is whole only after `end`. Calls must not overlap.
 */
export interface Packing {
  /** Resolves with the bytes that are ready, maybe none. The rest comes later. */
  readonly pack: (lines: string) => Promise<Buffer>
  /** Ends the file, and resolves with its last bytes. */
  readonly end: () => Promise<Buffer>
  /** What the format could not hold so far: sentences without a full stop. */
  readonly notes: () => readonly string[]
}
