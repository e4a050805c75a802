import type { Columns } from '../row/row.js'

/** Text that stands as it is. */
export interface TemplateText {
  readonly kind: 'text'
  readonly text: string
}

/** A place that a column's value goes to. */
export interface TemplatePlaceholder {
  readonly kind: 'placeholder'
  readonly name: string
  /** As it was written; stands as text where `isRequired` is false and no column has exactly this name. */
  readonly source: string
  readonly isRequired: boolean
  /** Whether dots in the name lead into objects and arrays. */
  readonly isPath: boolean
}

export type TemplatePart = TemplateText | TemplatePlaceholder

/** A template parsed, in either of the two ways of writing one. Holds nothing of any row. */
export interface Template {
  readonly parts: readonly TemplatePart[]
  /** Values for names that a row lacks. */
  readonly defaults: Columns
}

/** The column that a path begins with. */
export function firstSegment({ name }: TemplatePlaceholder): string {
  return name.split('.', 1)[0] ?? name
}

/** Names that must be there, each once, in the order in which they first come; those with a default included. */
export function placeholderNames(template: Template): readonly string[] {
  const names = new Set<string>()
  for (const part of template.parts) {
    if (part.kind === 'placeholder' && part.isRequired) names.add(part.name)
  }
  return [...names]
}

/** Drops empty texts and joins neighbours, so that equal templates have equal parts. */
export function joinTexts(parts: readonly TemplatePart[]): readonly TemplatePart[] {
  const joined: TemplatePart[] = []
  let text = ''
  for (const part of parts) {
    if (part.kind === 'text') {
      text += part.text
      continue
    }
    if (text !== '') joined.push({ kind: 'text', text })
    text = ''
    joined.push(part)
  }
  if (text !== '') joined.push({ kind: 'text', text })
  return joined
}
