export interface DropEmptyOptions {
  /** Whether zeros count as empty too. */
  readonly zeros?: boolean
}

/**
 * No provider nests a reply deeper, and SQLite and Python's json read about 1,000 levels at most.
 */
const deepest = 500

/**
 * Removes nulls and empty objects from a JSON value, at any depth, as llm does before it stores a
 * reply. A value without empty members is returned itself, not copied.
 *
 * @throws {RangeError} if the value is nested more than 500 levels deep.
 */
export function dropEmptyMembers(value: unknown, options?: DropEmptyOptions): unknown {
  return without(value, options, 0)
}

function without(value: unknown, options: DropEmptyOptions | undefined, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth > deepest) throw new RangeError(`nested deeper than ${deepest}`)
  if (Array.isArray(value)) return listWithout(value, options, depth)
  const record = value as Readonly<Record<string, unknown>>
  let kept: Record<string, unknown> | undefined
  for (const name in record) {
    const left = without(record[name], options, depth + 1)
    const isAsBefore = left === record[name] && !isEmpty(left, options)
    if (!isAsBefore) kept ??= membersBefore(name, record)
    if (kept !== undefined && !isEmpty(left, options)) kept[name] = left
  }
  return kept ?? value
}

function listWithout(
  list: readonly unknown[],
  options: DropEmptyOptions | undefined,
  depth: number,
): readonly unknown[] {
  let kept: unknown[] | undefined
  for (let index = 0; index < list.length; index += 1) {
    const left = without(list[index], options, depth + 1)
    if (left !== list[index]) kept ??= [...list]
    if (kept !== undefined) kept[index] = left
  }
  return kept ?? list
}

function membersBefore(
  name: string,
  record: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (const earlier in record) {
    if (earlier === name) break
    members[earlier] = record[earlier]
  }
  return members
}

function isEmpty(value: unknown, { zeros = false }: DropEmptyOptions = {}): boolean {
  if (value === null || value === undefined || (zeros && value === 0)) return true
  if (typeof value !== 'object' || Array.isArray(value)) return false
  for (const _name in value) return false
  return true
}
