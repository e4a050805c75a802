import { type BatchFlag, flag } from './flag.js'
import { atLeast } from './read-value.js'

export const promptFlags: readonly BatchFlag[] = [
  flag('-t, --template TEXT', 'text with {column} in it, or the name of a saved template'),
  flag('-s, --system TEXT', 'system prompt; it may contain {column} too', { mayBeEmpty: true }),
  flag('-p, --param KEY VALUE', 'value of a name in the template that is not a column', {
    option: 'params',
    pairExample: 'language French',
  }),
  flag('--literal-braces', 'take {{column}}, $column and the like in a template as text'),
  flag('--allow-empty', 'send blank prompts too; else their rows fail without a call'),
  flag('-f, --fragment NAME', 'text before each prompt: a file, URL, alias or hash', {
    option: 'fragments',
    isRepeatable: true,
  }),
  flag('--system-fragment NAME', 'the same before the system prompt; also --sf', {
    alsoNamed: ['--sf'],
    option: 'systemFragments',
    isRepeatable: true,
  }),
  flag('-a, --attachment PATH_OR_URL', 'image, PDF, sound or text with every prompt', {
    option: 'attachments',
    isRepeatable: true,
  }),
  flag('--attachment-type PATH MIME', 'the same with its type; also a URL; also --at', {
    alsoNamed: ['--at'],
    option: 'attachments',
    pairExample: 'scan.bin image/png',
    readPairs: (pairs, before = []) => [
      ...(before as readonly string[]),
      ...pairs.map(([name, type]) => ({ name, type })),
    ],
  }),
  flag('--attachment-column NAME', 'column with a path or URL for each row, or several on lines'),
  flag('--allow-local-urls', 'fetch attachments from local and private addresses too'),
  flag('--max-attachment MB', 'refuse larger attachments (default 50)', {
    option: 'maxAttachmentMb',
    read: atLeast(1),
  }),
]
