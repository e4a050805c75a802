import { type BatchFlag, flag } from './flag.js'
import { atLeast, seconds } from './read-value.js'

export const toolFlags: readonly BatchFlag[] = [
  flag(
    '-T, --tools NAME',
    'tools that the model may call: python, llm_time, ./tools.mjs; also a,b',
    {
      alsoNamed: ['--tool'],
      isRepeatable: true,
    },
  ),
  flag('--mcp SERVER', 'tools of an MCP server: a command, a URL, or a configured name', {
    isRepeatable: true,
  }),
  flag('--chain-limit N', 'calls of the model for a row that uses tools (default 5; 0: no limit)', {
    read: atLeast(0),
  }),
  flag('--tool-timeout SECONDS', 'give up a call of a tool after this time (default 30)', {
    option: 'toolTimeoutMs',
    read: seconds,
  }),
]

/** What the command does itself, as llm's own flags. */
export const toolWatchFlags = [
  flag('--tools-debug', 'show calls of tools and their results on standard error; also --td', {
    alsoNamed: ['--td'],
  }),
  flag('--tools-approve', 'ask before each call of a tool; also --ta', { alsoNamed: ['--ta'] }),
]
