/** Closes what was opened, in the opposite order. */
export interface ClosingStack {
  readonly add: (close: () => Promise<unknown> | unknown) => void
  /** Closes everything once, also after a failure. Rejects with the first failure. */
  readonly close: () => Promise<void>
}

export function closingStack(): ClosingStack {
  const closers: (() => Promise<unknown> | unknown)[] = []
  return {
    add: close => void closers.push(close),
    async close() {
      const failures: unknown[] = []
      for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
        try {
          await close()
        } catch (error) {
          failures.push(error)
        }
      }
      if (failures.length > 0) throw failures[0]
    },
  }
}
