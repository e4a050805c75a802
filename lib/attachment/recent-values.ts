/** Values that were made lately, by name. */
export interface RecentValues<Value> {
  /** The value of a name: a recent one, else made now. A value that fails is not kept. */
  readonly of: (name: string, weight: number, make: () => Promise<Value>) => Promise<Value>
}

/** Keeps the values used last, up to a weight in all. A heavier value is not kept. */
export function recentValues<Value>(mostWeight: number): RecentValues<Value> {
  /** The value used longest ago is the first. */
  const kept = new Map<string, { readonly value: Promise<Value>; readonly weight: number }>()
  let weightKept = 0

  return {
    of(name, weight, make) {
      const known = kept.get(name)
      if (known !== undefined) {
        kept.delete(name)
        kept.set(name, known)
        return known.value
      }
      const value = make()
      if (weight > mostWeight) return value
      kept.set(name, { value, weight })
      weightKept += weight
      value.catch(() => drop(name, value))
      for (const [oldest, { value: last }] of kept) {
        if (weightKept <= mostWeight) break
        drop(oldest, last)
      }
      return value
    },
  }

  function drop(name: string, value: Promise<Value>): void {
    const known = kept.get(name)
    if (known?.value !== value) return
    kept.delete(name)
    weightKept -= known.weight
  }
}
