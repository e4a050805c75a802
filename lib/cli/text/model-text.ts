import type { OptionDefinition } from '../../model/catalog/option-list.js'
import { optionOrder, optionTexts, originalDetail } from '../../model/catalog/option-texts.js'
import { type ListedEntry, type ListedModelFacts, listedLine } from '../../model/list-models.js'
import { pythonJsonText } from '../../row/python/python-json-text.js'
import { toPythonJson } from '../../row/python/to-python-json.js'

/** The entries of `llm models list --options`. An option is explained once for each wire. */
export function modelOptionTexts(entries: readonly ListedEntry[], columns: number): string[] {
  const explained = new Set<string>()
  return entries.map(entry => {
    const { model } = entry
    if (model === undefined) return listedLine(entry)
    const isExplained = explained.has(model.wire)
    explained.add(model.wire)
    return [listedLine(entry), ...factLines(model, { isExplained, columns })].join('\n')
  })
}

function factLines(
  { options, features, key }: ListedModelFacts,
  { isExplained, columns }: { readonly isExplained: boolean; readonly columns: number },
): readonly string[] {
  const width = Math.min(Math.max(columns, 30), 70)
  const { attachmentTypes } = features
  const named = featureNames(features)
  return [
    ...(options.length === 0 ? [] : ['  Options:']),
    ...inOrder(options).flatMap(option => {
      const about = isExplained ? [] : (optionTexts[option.name] ?? [])
      return [`    ${option.name}: ${typesOf(option)}`, ...about.map(line => `      ${line}`)]
    }),
    ...(attachmentTypes.length === 0
      ? []
      : ['  Attachment types:', ...wrapped(attachmentTypes.join(', '), width)]),
    ...(named.length === 0 ? [] : ['  Features:', ...named.map(name => `  - ${name}`)]),
    ...(key === undefined
      ? []
      : [
          '  Keys:',
          `    key: ${key.name}`,
          ...key.variables.slice(0, 1).map(name => `    env_var: ${name}`),
        ]),
  ]
}

function featureNames(features: ListedModelFacts['features']): readonly string[] {
  return [
    ...(features.canStream ? ['streaming'] : []),
    ...(features.supportsSchema ? ['schemas'] : []),
    ...(features.supportsTools ? ['tools'] : []),
    ...(features.supportsAsync ? ['async'] : []),
  ]
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = '   '
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width && line.trim() !== '') {
      lines.push(line)
      line = '   '
    }
    line += ` ${word}`
  }
  return [...lines, line]
}

/** Python's names of the types that an option takes. */
function typesOf({ kind }: OptionDefinition): string {
  switch (kind) {
    case 'integer':
      return 'int'
    case 'number':
      return 'float'
    case 'boolean':
      return 'boolean'
    case 'biases':
    case 'schema':
      return 'dict, str'
    case 'texts':
      return 'array, str'
    case 'text':
      return 'str'
  }
}

function inOrder(options: readonly OptionDefinition[]): readonly OptionDefinition[] {
  const placeOf = ({ name }: OptionDefinition) => optionOrder.indexOf(name)
  return [...options].sort((a, b) => placeOf(a) - placeOf(b))
}

/** The array of `llm models list --json`. Lines that stand for many models are left out. */
export function modelsJson(entries: readonly ListedEntry[], withOptions: boolean): string {
  const models = entries.flatMap(({ model, aliases }) =>
    model === undefined ? [] : [modelFields(model, aliases, withOptions)],
  )
  return pythonJsonText(toPythonJson(models), 'indented')
}

function modelFields(
  { id, features, options }: ListedModelFacts,
  aliases: readonly string[],
  withOptions: boolean,
) {
  const { canStream, supportsSchema, supportsTools, supportsAsync } = features
  return {
    model_id: id,
    aliases,
    can_stream: canStream,
    supports_schema: supportsSchema,
    supports_tools: supportsTools,
    supports_conversation: true,
    supports_async: supportsAsync,
    attachment_types: features.attachmentTypes,
    server_side_tools: features.serverSideTools.map(name => ({ name, plugin: null })),
    ...(withOptions && {
      options: Object.fromEntries(
        inOrder(options).map(option => [option.name, optionSchema(option, id)]),
      ),
    }),
  }
}

/** Enumerations that llm's JSON names without their values. */
const enumerations: Readonly<Record<string, string>> = {
  image_detail: 'ImageDetailEnum',
  reasoning_effort: 'ReasoningEffortEnum',
  reasoning_summary: 'ReasoningSummaryEnum',
  verbosity: 'VerbosityEnum',
}

/** An option in the form of pydantic's JSON schemas. */
function optionSchema(option: OptionDefinition, modelId: string): object {
  const { name } = option
  const isOriginal = name === 'image_detail' && originalDetail.models.test(modelId)
  const enumeration = isOriginal ? originalDetail.name : enumerations[name]
  const types =
    enumeration === undefined ? typeSchemas(option) : [{ $ref: `#/$defs/${enumeration}` }]
  const description = isOriginal ? originalDetail.text : (optionTexts[name] ?? []).join(' ')
  const title = name.replace(
    /(?:^|_)([a-z])/g,
    (_all, letter: string) => ` ${letter.toUpperCase()}`,
  )
  return {
    anyOf: [...types, { type: 'null' }],
    default: null,
    description,
    ...(enumeration === undefined && { title: title.trim() }),
  }
}

function typeSchemas({ kind, minimum, maximum, choices }: OptionDefinition): readonly object[] {
  switch (kind) {
    // llm states no least value of an integer.
    case 'integer':
      return [{ maximum, type: 'integer' }]
    case 'number':
      return [{ maximum, minimum, type: 'number' }]
    case 'boolean':
      return [{ type: 'boolean' }]
    case 'biases':
    case 'schema':
      return [{ additionalProperties: true, type: 'object' }, { type: 'string' }]
    case 'texts':
      return [{ items: { type: 'string' }, type: 'array' }, { type: 'string' }]
    case 'text':
      return [{ enum: choices, type: 'string' }]
  }
}
