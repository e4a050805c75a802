import { archiveCommands } from './command/archive-command-list.js'
import { extrasCommands } from './command/extras-command-list.js'
import { llmFileCommands } from './command/llm-files/llm-file-command-list.js'
import { logsCommands } from './command/logs/logs-command-list.js'
import type { Command, FlagGroup, Operand } from './words/command.js'
import { flag } from './words/flag.js'
import { batchFlagGroups } from './words/flags.js'
import { shells } from './words/read-value.js'

const keyName: Operand = {
  name: 'NAME',
  isRequired: true,
  about: 'name of the key, such as openai or anthropic',
}

const keyFlags: readonly FlagGroup[] = [
  {
    title: 'Options',
    flags: [flag('--value KEY', 'the key; without this option, llm asks for it')],
  },
]

const modelsFlags: readonly FlagGroup[] = [
  {
    title: 'Options',
    flags: [
      flag(
        '-q, --query TERM',
        'list only models with this in their name or aliases; may be repeated',
        { isRepeatable: true },
      ),
      flag('-m, --model NAME', 'list only the model with this id or alias; may be repeated', {
        isRepeatable: true,
      }),
      flag('--options', 'show the options and features of each model'),
      flag('--schemas', 'list only models that take schemas'),
      flag('--tools', 'list only models that take tools'),
      flag('--async', 'list only models that llm can ask asynchronously'),
      flag('--json', 'print JSON; with --options, the options too'),
    ],
  },
]

export const commands: readonly Command[] = [
  {
    words: 'batch',
    about: 'Run one prompt per row of a file through a language model.',
    operands: [
      {
        name: 'INPUT',
        isRequired: true,
        isRepeatable: true,
        about:
          '.txt, .csv, .tsv, .json, .jsonl, .xlsx or .parquet files (also .gz, .br, .zst), or -',
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
      'Each batch is recorded: see llm batch list, status, errors, cancel, remove and prune.',
      'For an input file with one of these names, write: llm batch ./list',
    ],
    load: async () => (await import('./command/batch-run.js')).runBatchCommand,
  },
  ...archiveCommands,
  ...logsCommands,
  ...['keys', 'keys list'].map(words => ({
    words,
    about: 'List the names of stored keys.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./command/keys.js')).runKeysList,
  })),
  {
    words: 'keys set',
    about: 'Store a key. The command asks for it, or reads it from standard input.',
    operands: [keyName],
    flagGroups: keyFlags,
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
    about: 'Print the path of the file with the stored keys.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./command/keys.js')).runKeysPath,
  },
  ...['models', 'models list'].map(words => ({
    words,
    about: 'List models and their aliases.',
    operands: [],
    flagGroups: modelsFlags,
    load: async () => (await import('./command/models.js')).runModelsList,
  })),
  {
    words: 'models pull',
    about: 'Download a small model that runs on this machine, without a key.',
    operands: [{ name: 'NAME', isRequired: true, choices: ['smollm2'], about: 'smollm2 (98 MB)' }],
    flagGroups: [],
    examples: [
      'llm models pull smollm2',
      'llm batch questions.txt --model smollm2 --concurrency 4',
    ],
    notes: [
      "The file comes from Hugging Face (or HF_ENDPOINT) and goes to gguf/models in llm's folder",
      '(or LLM_MODELS_PATH). After an interruption, run the command again to continue.',
    ],
    load: async () => (await import('./command/models-pull.js')).runModelsPull,
  },
  {
    words: 'models add',
    about: 'Give a name to a GGUF file.',
    operands: [
      { name: 'NAME', isRequired: true, about: 'name for --model' },
      { name: 'PATH', isRequired: true, about: 'path of the GGUF file' },
    ],
    flagGroups: [],
    examples: ['llm models add qwen ./Qwen3-4B-Q4_K_M.gguf'],
    notes: ['Without a name: llm batch questions.txt --model gguf:./Qwen3-4B-Q4_K_M.gguf'],
    load: async () => (await import('./command/models-add.js')).runModelsAdd,
  },
  {
    words: 'models default',
    about: 'Print or set the default model.',
    operands: [{ name: 'MODEL', isRequired: false, about: 'id or alias of the new default model' }],
    flagGroups: [],
    load: async () => (await import('./command/models.js')).runModelsDefault,
  },
  ...extrasCommands,
  ...llmFileCommands,
  {
    words: 'completion',
    about: 'Print the script with which a shell completes these commands.',
    operands: [{ name: 'SHELL', isRequired: true, choices: shells, about: 'bash, zsh or fish' }],
    flagGroups: [],
    examples: [
      'source <(llm completion bash)        # in ~/.bashrc',
      'source <(llm completion zsh)         # in ~/.zshrc, below compinit',
      'llm completion fish > ~/.config/fish/completions/llm.fish',
    ],
    load: async () => (await import('./command/completion.js')).runCompletion(commands),
  },
]
