import type { Command, FlagGroup, Operand } from '../../words/command.js'
import { flag } from '../../words/flag.js'
import { databaseFlag } from '../../words/record-flags.js'

/** A list that is also run by the first word alone, as `llm aliases`. */
const lists = (words: string, rest: Omit<Command, 'words'>): readonly Command[] => [
  { words, ...rest },
  { words: `${words} list`, ...rest },
]

const options = (...flags: FlagGroup['flags']): readonly FlagGroup[] => [
  { title: 'Options', flags },
]

const operand = (name: string, about: string, isRequired = true): Operand => ({
  name,
  about,
  isRequired,
})

const aliasOperand = operand('ALIAS', 'the alias')
const modelOperand = operand('MODEL', 'id or alias of the model')
const jsonFlag = flag('--json', 'print JSON')
const queryFlag = (about: string) =>
  flag('-q, --query TEXT', `${about}; may be repeated`, { isRepeatable: true })

/** The commands for files that Python's llm has too, with its words. */
export const llmFileCommands: readonly Command[] = [
  ...lists('aliases', {
    about: 'List aliases of models.',
    operands: [],
    flagGroups: options(jsonFlag),
    load: async () => (await import('./aliases.js')).runAliasesList,
  }),
  {
    words: 'aliases set',
    about: 'Set an alias for a model.',
    operands: [aliasOperand, operand('MODEL_ID', 'id or alias of the model', false)],
    flagGroups: options(queryFlag('without MODEL_ID: take the first model with this in its names')),
    examples: ['llm aliases set mini gpt-4o-mini', 'llm aliases set mini -q 4o -q mini'],
    load: async () => (await import('./aliases.js')).runAliasesSet,
  },
  {
    words: 'aliases remove',
    about: 'Remove an alias.',
    operands: [aliasOperand],
    flagGroups: [],
    load: async () => (await import('./aliases.js')).runAliasesRemove,
  },
  {
    words: 'aliases path',
    about: 'Print the path of the file with the aliases.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./aliases.js')).runAliasesPath,
  },
  ...lists('templates', {
    about: 'List saved templates.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./templates.js')).runTemplatesList,
  }),
  {
    words: 'templates show',
    about: 'Print a saved template as YAML.',
    operands: [operand('NAME', 'name of the template, or the path of its file')],
    flagGroups: [],
    load: async () => (await import('./templates.js')).runTemplatesShow,
  },
  {
    words: 'templates path',
    about: 'Print the path of the folder with the templates.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./templates.js')).runTemplatesPath,
  },
  ...lists('fragments', {
    about: 'List stored fragments.',
    operands: [],
    flagGroups: options(
      queryFlag('list only fragments with this in text, source, alias or hash'),
      flag('--aliases', 'list only fragments with an alias'),
      jsonFlag,
    ),
    load: async () => (await import('./fragments.js')).runFragmentsList,
  }),
  {
    words: 'fragments set',
    about: 'Store a fragment under an alias.',
    operands: [
      operand('ALIAS', 'letters, digits, dashes and underscores'),
      operand('FRAGMENT', 'path of a file, URL, hash, alias, or - for standard input'),
    ],
    flagGroups: [],
    examples: ['llm fragments set docs ./docs.md'],
    load: async () => (await import('./fragments.js')).runFragmentsSet,
  },
  {
    words: 'fragments show',
    about: 'Print a fragment.',
    operands: [operand('ALIAS_OR_HASH', 'alias or hash of the fragment')],
    flagGroups: [],
    load: async () => (await import('./fragments.js')).runFragmentsShow,
  },
  {
    words: 'fragments remove',
    about: 'Remove an alias of a fragment. The fragment stays.',
    operands: [aliasOperand],
    flagGroups: [],
    load: async () => (await import('./fragments.js')).runFragmentsRemove,
  },
  ...lists('schemas', {
    about: 'List stored schemas.',
    operands: [],
    flagGroups: options(
      queryFlag('list only schemas with this in their JSON'),
      flag('--full', 'print whole schemas'),
      jsonFlag,
      flag('--nl', 'print JSON, one schema a line'),
      databaseFlag,
    ),
    load: async () => (await import('./schemas.js')).runSchemasList,
  }),
  {
    words: 'schemas show',
    about: 'Print a stored schema.',
    operands: [operand('SCHEMA_ID', 'id of the schema; see llm schemas')],
    flagGroups: options(databaseFlag),
    load: async () => (await import('./schemas.js')).runSchemasShow,
  },
  {
    words: 'schemas dsl',
    about: "Print the JSON schema that llm's concise notation means.",
    operands: [operand('INPUT', "such as 'name, age int, bio: a short text'")],
    flagGroups: options(flag('--multi', 'the schema of a list of such objects')),
    load: async () => (await import('./schemas.js')).runSchemasDsl,
  },
  ...lists('models options', {
    about: 'List the default options of all models.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./models-options.js')).runModelsOptionsList,
  }),
  {
    words: 'models options show',
    about: 'List the default options of a model.',
    operands: [modelOperand],
    flagGroups: [],
    load: async () => (await import('./models-options.js')).runModelsOptionsShow,
  },
  {
    words: 'models options set',
    about: 'Set a default option of a model.',
    operands: [
      modelOperand,
      operand('KEY', 'the option; see llm models --options'),
      operand('VALUE', 'its value'),
    ],
    flagGroups: [],
    examples: ['llm models options set gpt-4o-mini temperature 0.2'],
    load: async () => (await import('./models-options.js')).runModelsOptionsSet,
  },
  {
    words: 'models options clear',
    about: 'Clear default options of a model.',
    operands: [modelOperand, operand('KEY', 'only this option', false)],
    flagGroups: [],
    load: async () => (await import('./models-options.js')).runModelsOptionsClear,
  },
]
