import { readFile } from 'node:fs/promises'
import type { Workdir } from './workdir.js'

/** A command of llm's own files, and what llm 0.36 answers. */
export interface RecordedCommand {
  readonly words: readonly string[]
  readonly exitCode: number
  readonly stdout: string
  /** The first line of standard error without its usage lines; '' if there is none. */
  readonly complaint: string
}

/** What all commands left in the user's folder. */
export interface RecordedCommands {
  readonly recordedWith: string
  readonly commands: readonly RecordedCommand[]
  readonly files: Readonly<Record<string, string>>
}

const recordedPath = new URL('./small-commands.json', import.meta.url)

/** The answers of llm 0.36, as `spec/interop/small-commands.spec.ts` compares them. */
export async function recordedCommands(): Promise<RecordedCommands> {
  return JSON.parse(await readFile(recordedPath, 'utf8')) as RecordedCommands
}

const longLine = 'and a prompt that goes on and on, beyond the eighty columns of a terminal'

/** Files of the user's folder, before the first command. */
const given: Readonly<Record<string, string>> = {
  'templates/one.yaml': `prompt: "Say: $input"
system: Be né
options: { temperature: 0.5, max_tokens: 10, top_p: 1.0 }
defaults: { lang: French, n: 3, polite: true, empty: "" }
extract: true
`,
  'templates/two-longer.yaml': `Just text $input ${longLine}\n`,
  'templates/three.yaml': `prompt: |
  Multi
  line: x

  end
schema_object: { type: object, properties: { name: { type: string } }, required: [name] }
fragments: [a, "b c", "- dash", "yes", "2026-01-01", "1e3", "#x"]
`,
  'templates/bad.yaml': 'bogus: 1\n',
  'templates/broken.yaml': 'prompt: "open\n',
  'templates/system.yaml': 'system: only a system prompt\n',
  'templates/tools.yaml': 'prompt: x\ntools: [llm_time]\nfunctions: "def f(): pass"\n',
  'extra-openai-models.yaml': `- model_id: mine
  model_name: mine-1
  api_base: "http://127.0.0.1:9/v1"
  aliases: [m1]
- model_id: whole
  model_name: w
  responses: true
  reasoning: true
  vision: true
  audio: true
  supports_schema: true
  supports_tools: true
  can_stream: false
`,
  'plain.txt': 'Frag one text',
  'lines.txt': 'line one\r\nline two: x\r\n\r\n',
  'wide.txt': 'é ünï 😀 '.repeat(20),
  'block.txt': `# Head\n\n- a: b\n  c\n${'word '.repeat(40)}\n`,
}

export async function prepareFolder(workdir: Workdir): Promise<void> {
  for (const [name, text] of Object.entries(given)) await workdir.write(`llm-user/${name}`, text)
}

/** The files that commands change, in llm's format to the byte. */
export const changedFiles = [
  'aliases.json',
  'keys.json',
  'model_options.json',
  'default_model.txt',
] as const

/**
 * The commands, one after another on one folder. `USER` stands for the user's folder. Models that
 * only one of the two programs has are left out by `-q` and `-m`.
 */
export const smallCommands: readonly (readonly string[])[] = [
  ['keys'],
  ['keys', 'get', 'x'],
  ['keys', 'set', 'openai', '--value', 'sk-1'],
  ['keys', 'set', 'café', '--value', '"q"é\u2028x'],
  ['keys', 'set', '4', '--value', 'four'],
  ['keys', 'list'],
  ['keys', 'get', 'café'],
  ['keys', 'get', 'nope'],
  ['keys', 'path'],
  ['aliases', 'remove', 'none'],
  ['aliases', 'set', 'foo'],
  ['aliases', 'set', 'foo', '-q', 'zzz'],
  ['aliases', 'set', 'foo', '-q', 'GPT-4o', '-q', 'mini'],
  ['aliases', 'set', 'bar', 'unknown-thing'],
  ['aliases', 'set', 'four', '4'],
  ['aliases', 'set', '7', 'm1'],
  ['aliases', 'set', 'e', '3-small'],
  ['aliases', 'set', 'ü "q"', 'gpt-4o'],
  ['aliases', 'remove', 'nope'],
  ['aliases', 'remove', 'four'],
  ['aliases', 'remove', 'bar'],
  ['aliases', 'path'],
  ['templates'],
  ['templates', 'list'],
  ...['one', 'two-longer', 'three', 'bad', 'broken', 'system', 'tools', 'nowhere'].map(name => [
    'templates',
    'show',
    name,
  ]),
  ['templates', 'path'],
  ['models', 'options'],
  ['models', 'options', 'show', '4o'],
  ['models', 'options', 'set', '4o', 'temperature', '0.5'],
  ['models', 'options', 'set', '4o', 'top_p', '1'],
  ['models', 'options', 'set', 'no-such-model', 'a', 'bé'],
  ['models', 'options', 'set', '5', 'b', 'c'],
  ['models', 'options', 'list'],
  ['models', 'options', 'show', '4o'],
  ['models', 'options', 'show', 'no-such-model'],
  ['models', 'options', 'clear', '4o', 'top_p'],
  ['models', 'options', 'clear', '4o', 'nope'],
  ['models', 'options', 'set', '4o', 'stop', 'x'],
  ['models', 'options', 'clear', '4o'],
  ['models', 'options', 'clear', 'nobody'],
  ['models', 'options', 'list'],
  ['models', 'default', 'nobody'],
  ['models', 'default', '4o'],
  ['models', 'default'],
  ['models', '-m', 'gpt-4o', '-m', 'gpt-5', '--options'],
  ['models', '-m', 'mine', '-m', 'whole', '--json'],
  ['models', '-m', 'whole', '--options'],
  ['models', '-m', '4o', '-m', 'o1', '-m', 'o3-mini', '-m', '3.5-instruct', '--json', '--options'],
  ['models', '-q', 'gpt-5.4-mini', '--options', '--json'],
  ['models', '-q', 'gpt-3', '--options'],
  ['models', 'list', '-q', 'gpt-4', '--schemas'],
  ['models', 'list', '-q', 'gpt-3', '--async'],
  ['models', 'list', '-q', 'turbo', '--tools'],
  ['models', 'list', '-q', 'gpt', '-q', 'LUNA'],
  ['models', 'list', '-q', 'zzz'],
  ['models', 'list', '-q', 'zzz', '--json'],
  ['schemas', 'dsl', 'name, age int, bio: their bio'],
  ['schemas', 'dsl', 'name, age int, ok bool, f float, s str, bio: their: bio', '--multi'],
  ['schemas', 'dsl', 'name\nage int: years, in all\n  \nx'],
  ['schemas', 'dsl', 'näme'],
  ['fragments', 'set', 'a', 'nope'],
  ['fragments', 'set', 'a:b', 'c'],
  ['fragments', 'set', 'a', 'foo:bar'],
  ['fragments', 'set', 'docs', 'USER/plain.txt'],
  ['fragments', 'set', 'docs2', 'USER/plain.txt'],
  ['fragments', 'set', 'lines', 'USER/lines.txt'],
  ['fragments', 'set', 'wide', 'USER/wide.txt'],
  ['fragments', 'set', 'block', 'USER/block.txt'],
  ['fragments', 'show', 'docs'],
  ['fragments', 'show', 'lines'],
  ['fragments', 'show', '7087ea5a6ed55315a9f089aaaf3c90e255a2e2da7e097ef3221edb391e83a347'],
  ['fragments', 'show', 'zzz'],
  // One fragment at a time: their order is that of the seconds in which they were stored.
  ['fragments', '-q', 'docs'],
  ['fragments', 'list', '--aliases', '-q', 'lines'],
  ['fragments', 'list', '-q', 'é', '-q', 'WIDE'],
  ['fragments', 'list', '-q', 'block'],
  ['fragments', 'list', '-q', 'wide', '--json'],
  ['fragments', 'remove', 'docs2'],
  ['fragments', 'remove', 'docs2'],
  ['fragments', 'list', '--json', '-q', 'docs'],
  ['schemas'],
  ['schemas', 'list', '--json'],
  ['schemas', 'list', '--nl'],
  ['schemas', 'show', 'abc'],
]

/** Words with `USER` as the folder's path. */
export function wordsFor(words: readonly string[], userPath: string): readonly string[] {
  return words.map(word => word.replace(/^USER/, userPath))
}

/** A text without the folder's path and the moment. */
export function withoutPlace(text: string, userPath: string): string {
  return text
    .replaceAll(userPath, 'USER')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '2026-11-29 12:00:00')
}

/** The first line of what a program says on standard error, without click's lines of usage. */
export function complaintOf(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line !== '' && !/^(Usage|Try) /.test(line))
  return lines.find(line => !line.startsWith('Usage:')) ?? ''
}
