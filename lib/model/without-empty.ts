export interface WithoutEmptyOptions {
  /** Whether zeros count as empty too. */
  readonly zeros?: boolean
}

/** No provider's reply is nested deeper, and what reads it later may be able to follow no further than a thousand. */
const deepest = 500

/**
 * A JSON value without nulls and without objects that hold nothing, at any depth, as llm stores replies.
 * What holds nothing empty is not copied: it is given back itself.
 *
 * @throws {RangeError} when it is nested deeper than any reply.
 */
export function withoutEmpty(value: unknown, options?: WithoutEmptyOptions): unknown {
  return without(value, options, 0)
}

function without(value: unknown, options: WithoutEmptyOptions | undefined, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) throw new RangeError(`nested deeper than ${deepest}`)
  if (Array.isArray(value)) {
    const items = value.map(item => without(item, options, depth + 1))
    return items.every((item, index) => item === value[index]) ? value : items
  }
  const record = value as Readonly<Record<string, unknown>>
  const kept: Record<string, unknown> = {}
  let isWhole = true
  for (const name in record) {
    const left = without(record[name], options, depth + 1)
    const isKept = !isEmpty(left, options)
    if (isKept) kept[name] = left
    if (!isKept || left !== record[name]) isWhole = false
  }
  return isWhole ? value : kept
}

function isEmpty(value: unknown, { zeros = false }: WithoutEmptyOptions = {}): boolean {
  if (value === null || value === undefined || (zeros && value === 0)) return true
  if (typeof value !== 'object' || Array.isArray(value)) return false
  for (const _name in value) return false
  return true
}
