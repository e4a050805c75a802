import { archiveCommands } from './command/archive-command-list.js'
import type { Command, Operand } from './words/command.js'
import { batchFlagGroups, keysSetFlagGroups, modelsFlagGroups } from './words/flags.js'

const keyName: Operand = {
  name: 'NAME',
  isRequired: true,
  about: 'the name of a key, as openai or anthropic',
}

const loadModelsList = async () => (await import('./command/models.js')).runModelsList

export const commands: readonly Command[] = [
  {
    words: 'batch',
    about: 'Run one prompt per row of a file through a language model.',
    operands: [
      {
        name: 'INPUT',
        isRequired: true,
        about: 'a .txt, .csv, .tsv, .json, .jsonl or .xlsx file, or - for standard input',
      },
    ],
    flagGroups: batchFlagGroups,
    examples: [
      'llm batch questions.txt --model gpt-4o-mini',
      'llm batch reviews.csv -t "Sentiment of: {review_text}" --output out.csv --concurrency 5',
      'cat data.jsonl | llm batch - | jq .response',
      'llm batch reviews.csv --resume',
    ],
    notes: [
      'Each batch is recorded as it goes: see llm batch list, status, errors, cancel, remove, prune.',
      'A file of one of these names: llm batch ./list',
    ],
    load: async () => (await import('./command/batch-run.js')).runBatchCommand,
  },
  ...archiveCommands,
  {
    words: 'keys',
    about: 'List the names of stored keys.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./command/keys.js')).runKeysList,
  },
  {
    words: 'keys list',
    about: 'List the names of stored keys.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./command/keys.js')).runKeysList,
  },
  {
    words: 'keys set',
    about: 'Store a key; asks for it, or reads it from standard input.',
    operands: [keyName],
    flagGroups: keysSetFlagGroups,
    load: async () => (await import('./command/keys.js')).runKeysSet,
  },
  {
    words: 'keys get',
    about: 'Print a stored key.',
    operands: [keyName],
    flagGroups: [],
    load: async () => (await import('./command/keys.js')).runKeysGet,
  },
  {
    words: 'keys path',
    about: 'Print the path of the file that keys are stored in.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./command/keys.js')).runKeysPath,
  },
  {
    words: 'models',
    about: 'List models and their aliases.',
    operands: [],
    flagGroups: modelsFlagGroups,
    load: loadModelsList,
  },
  {
    words: 'models list',
    about: 'List models and their aliases.',
    operands: [],
    flagGroups: modelsFlagGroups,
    load: loadModelsList,
  },
  {
    words: 'models pull',
    about: 'Download a small model, to run here with no key.',
    operands: [{ name: 'NAME', isRequired: true, about: 'smollm2 (98 MB)' }],
    flagGroups: [],
    examples: [
      'llm models pull smollm2',
      'llm batch questions.txt --model smollm2 --concurrency 4',
    ],
    notes: [
      'It goes to gguf/models in the folder of llm, or where LLM_MODELS_PATH says; from Hugging Face,',
      'or where HF_ENDPOINT says. Broken off, it goes on the next time.',
    ],
    load: async () => (await import('./command/models-pull.js')).runModelsPull,
  },
  {
    words: 'models add',
    about: 'Give a GGUF file a name.',
    operands: [
      { name: 'NAME', isRequired: true, about: 'what --model will call it' },
      { name: 'PATH', isRequired: true, about: 'the file' },
    ],
    flagGroups: [],
    examples: ['llm models add qwen ./Qwen3-4B-Q4_K_M.gguf'],
    notes: ['Without a name: llm batch questions.txt --model gguf:./Qwen3-4B-Q4_K_M.gguf'],
    load: async () => (await import('./command/models-add.js')).runModelsAdd,
  },
  {
    words: 'models default',
    about: 'Print the default model, or set it.',
    operands: [{ name: 'MODEL', isRequired: false, about: 'id or alias of the new default' }],
    flagGroups: [],
    load: async () => (await import('./command/models.js')).runModelsDefault,
  },
]
