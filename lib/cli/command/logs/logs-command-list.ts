import type { Command, FlagGroup } from '../../words/command.js'
import { flag } from '../../words/flag.js'
import { databaseFlag } from '../../words/record-flags.js'

const flagGroups: readonly FlagGroup[] = [
  {
    title: 'Which calls',
    flags: [
      flag('-n, --count N', 'list the newest N (default 3; 0 for all)'),
      flag('-q, --query TEXT', 'search prompts and answers, the best match first; also --search', {
        alsoNamed: ['--search'],
      }),
      flag('-l, --latest', 'with --query: the newest first'),
      flag('-m, --model NAME', 'only of this model (id or alias)'),
      flag('-c, --current', 'the newest conversation'),
      flag('--conversation ID', 'this conversation; also --cid', { alsoNamed: ['--cid'] }),
      flag('--batch ID', 'the rows of a batch, in the order of its input'),
      flag(
        '-f, --fragment NAME',
        'only with this fragment (alias, hash or path); may be repeated',
        {
          isRepeatable: true,
        },
      ),
      flag(
        '--schema SCHEMA',
        "only with this schema: 'name, age int', JSON, a file, an id, t:NAME",
      ),
      flag('--schema-multi SCHEMA', 'only with a list of this schema'),
      flag('-T, --tool NAME', 'only with results of this tool; may be repeated', {
        isRepeatable: true,
      }),
      flag('--tools', 'only with results of any tool'),
      flag('--id-gt ID', 'only calls after the one with this id'),
      flag('--id-gte ID', 'only that call and later ones'),
      { ...databaseFlag, alsoNamed: ['-p', '--path'] },
    ],
  },
  {
    title: 'What is shown',
    flags: [
      flag('-s, --short', 'short YAML, without answers'),
      flag('-t, --truncate', 'cut prompts and answers to 100 characters'),
      flag('-u, --usage', 'show tokens and durations'),
      flag('-e, --expand', 'show fragments whole'),
      flag('-r, --response', 'print only the last answer (of the newest conversation)'),
      flag('-x, --extract', 'print only the first fenced code block'),
      flag('--extract-last', 'print only the last code block; also --xl', { alsoNamed: ['--xl'] }),
      flag('--json', 'print a JSON array'),
      flag('--data', 'print answers that are JSON, one a line, the newest first'),
      flag('--data-array', 'print them as one JSON array'),
      flag('--data-key KEY', 'print the objects of the list under this key'),
      flag('--data-ids', 'add response_id and conversation_id to each object'),
    ],
  },
]

/** The commands for llm's log. */
export const logsCommands: readonly Command[] = [
  ...['logs', 'logs list'].map(words => ({
    words,
    about: 'Show logged prompts and their answers.',
    operands: [],
    flagGroups,
    examples: [
      'llm logs -n 10 --short',
      'llm logs -q pelican --latest',
      'llm logs --batch reviews-k3x9qd --json > answers.json',
    ],
    notes: [
      'Reads all versions of the log of Python’s llm, and changes nothing. A query has the syntax of',
      'https://sqlite.org/fts5.html#full_text_query_syntax',
    ],
    load: async () => (await import('./logs-list.js')).runLogsList,
  })),
  {
    words: 'logs path',
    about: 'Print the path of the database.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./logs-database.js')).runLogsPath,
  },
  {
    words: 'logs status',
    about: 'Show whether llm logs, and how much is logged.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./logs-database.js')).runLogsStatus,
  },
  {
    words: 'logs on',
    about: 'Turn logging on for all prompts.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./logs-database.js')).runLogsOn,
  },
  {
    words: 'logs off',
    about: 'Turn logging off for all prompts.',
    operands: [],
    flagGroups: [],
    load: async () => (await import('./logs-database.js')).runLogsOff,
  },
  {
    words: 'logs backup',
    about: 'Copy the database to a new file, also while others write to it.',
    operands: [{ name: 'PATH', isRequired: true, about: 'file to create' }],
    flagGroups: [],
    load: async () => (await import('./logs-database.js')).runLogsBackup,
  },
]
