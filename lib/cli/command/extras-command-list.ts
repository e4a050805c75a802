import { extraNames } from '../../extras/extra-list.js'
import type { Command, Operand } from '../words/command.js'
import { flag } from '../words/flag.js'

const extraOperand: Operand = {
  name: 'NAME',
  isRequired: true,
  isRepeatable: true,
  choices: extraNames,
  about: 'name of the extra, such as gguf; see llm extras',
}

/** The commands for packages that few users need. */
export const extrasCommands: readonly Command[] = [
  ...['extras', 'extras list'].map(words => ({
    words,
    about: 'List the parts that are installed only when you want them.',
    operands: [],
    flagGroups: [
      {
        title: 'Options',
        flags: [flag('--json', 'print JSON with the fields below, for programs')],
      },
    ],
    notes: [
      '--json prints an array of objects: name, purpose, megabytes, packages (name to version),',
      'installed, folder (null if it is not installed).',
    ],
    load: async () => (await import('./extras.js')).runExtrasList,
  })),
  {
    words: 'extras install',
    about: "Install extras into llm's folder, with npm.",
    operands: [extraOperand],
    flagGroups: [],
    examples: ['llm extras install gguf', 'llm extras install mcp python'],
    notes: ['All copies of llm-batch of one version find them there, however they were installed.'],
    load: async () => (await import('./extras.js')).runExtrasInstall,
  },
  {
    words: 'extras remove',
    about: "Remove extras from llm's folder.",
    operands: [extraOperand],
    flagGroups: [],
    load: async () => (await import('./extras.js')).runExtrasRemove,
  },
]
