import type { Columns } from '../row/row.js'

/** Text that is sent as it is. */
export interface TemplateText {
  readonly kind: 'text'
  readonly text: string
}

/** A place for a column's value. */
export interface TemplatePlaceholder {
  readonly kind: 'placeholder'
  readonly name: string
  /**
   * As written in the template. Stays as text if `isRequired` is false and no column has exactly
   * this name.
   */
  readonly source: string
  readonly isRequired: boolean
  /** Whether dots in the name lead into objects and arrays. */
  readonly isPath: boolean
}

export type TemplatePart = TemplateText | TemplatePlaceholder

/** A parsed template, in either notation. Holds nothing of any row. */
export interface Template {
  readonly parts: readonly TemplatePart[]
  /** Values for names that a row lacks. */
  readonly defaults: Columns
}

/** The first segment of a path: a column. */
export function firstSegment({ name }: TemplatePlaceholder): string {
  return name.split('.', 1)[0] ?? name
}

/**
 * The names that rows must have, each once, in the order of the template. Names with a default are
 * included.
 *
 * @example
 *     console.log(placeholderNames(parseTemplate('{name}: {address.city}')))
 */
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
