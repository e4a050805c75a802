export interface WithoutEmptyOptions {
  /** Whether zeros count as empty too. */
  readonly zeros?: boolean
}

/** A JSON value without nulls and without objects that hold nothing, at any depth, as llm stores replies. */
export function withoutEmpty(value: unknown, options: WithoutEmptyOptions = {}): unknown {
  if (Array.isArray(value)) return value.map(item => withoutEmpty(item, options))
  if (typeof value !== 'object' || value === null) return value
  const kept: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const left = withoutEmpty((value as Record<string, unknown>)[name], options)
    if (!isEmpty(left, options)) kept[name] = left
  }
  return kept
}

function isEmpty(value: unknown, { zeros = false }: WithoutEmptyOptions): boolean {
  if (value === null || value === undefined || (zeros && value === 0)) return true
  if (typeof value !== 'object' || Array.isArray(value)) return false
  for (const _name in value) return false
  return true
}
