import {
  type Fragment,
  type JsonSchema,
  type ModelOptions,
  type Prompt,
  promptText,
} from '../row/prompt.js'
import type { Columns, Row } from '../row/row.js'
import { promptHash } from '../template/prompt-hash.js'
import { renderTemplate } from '../template/render-template.js'
import { placeholderNames, type Template } from '../template/template.js'

export interface RenderRowOptions {
  readonly template: Template
  readonly system?: Template | undefined
  readonly fragments: readonly Fragment[]
  /** Put before the system prompt. */
  readonly systemFragments: readonly Fragment[]
  readonly modelId: string
  readonly modelOptions: ModelOptions
  readonly schema?: JsonSchema | undefined
  /**
   * Throws an error of reach `row` for a row that cannot be written, before the row is paid for.
   */
  readonly checkColumns?: ((columns: Columns) => void) | undefined
}

/**
 * @returns a function that renders a row; throws a BatchError of reach `row` if that is not
 * possible.
 */
export function renderRow(options: RenderRowOptions): (row: Row) => Prompt {
  const { template, fragments, modelId: model, modelOptions, schema, checkColumns } = options
  const isInputAsked = [template, options.system].some(
    asked => asked !== undefined && placeholderNames(asked).includes('input'),
  )
  const hashOf = promptHash({ model, options: modelOptions, schema })
  return row => {
    checkColumns?.(row.columns)
    const { columns } = row
    const input = isInputAsked ? { input: columns.prompt ?? '' } : undefined
    const text = renderTemplate(withDefaults(template, input), columns)
    const system = systemText(options, columns, input)
    const whole = promptText({ text, fragments })
    const hash = hashOf(whole, system)
    const shared = { fragments, options: modelOptions, schema }
    return { kind: 'prompt', row, text, system, ...shared, hash }
  }
}

/**
 * llm's rule: fragments, then the system prompt, each stripped, with a blank line between. Empty
 * texts are left out.
 */
function systemText(
  { system, systemFragments }: RenderRowOptions,
  columns: Columns,
  input: Columns | undefined,
): string | undefined {
  const own = system && renderTemplate(withDefaults(system, input), columns)
  if (systemFragments.length === 0) return own || undefined
  const texts = [...systemFragments.map(({ content }) => content), own ?? '']
  const kept = texts.map(text => text.trim()).filter(text => text !== '')
  return kept.length === 0 ? undefined : kept.join('\n\n')
}

/** `input` means the row's own prompt, unless the row has a column of that name. */
function withDefaults(template: Template, input: Columns | undefined): Template {
  return input === undefined
    ? template
    : { ...template, defaults: { ...template.defaults, ...input } }
}
