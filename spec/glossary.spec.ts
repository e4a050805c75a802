import { parseSync } from '@swc/core'
import { readSources, type Sources } from './support/house.js'
import { isNode, type SyntaxNode, visit } from './support/read-module.js'

/** Words that say nothing about the thing they name. */
const emptyWords =
  /^(items?|data|payloads?|handlers?|managers?|services?|processors?|contexts?|utils?|helpers?)$/

/** Names with such a word that are not ours to choose, each with its reason. */
const foreignNames: readonly RegExp[] = [
  /^(data|onData|otherData)$/, // Node's event, and SQL or XML texts
  /^sheetData$/, // an element of a workbook
  /^(items|prefixItems|minItems|maxItems)$/, // keywords of JSON Schema, and yaml's member
  // What a model can read at once, as llama.cpp names it.
  /[cC]ontext(Size|Tokens|Sequence|Shift|State|Text)?$/,
  /^(LlamaChatItem|DispatchHandler)$/, // types of libraries
]

/** Phrases that have to be read twice, and what to write instead. */
const unclearPhrases: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/(?<!there )\b(is|are|was|were) no (?!longer|more)\w+/i, 'is not a …'],
  [/\banew\b/, 'again'],
  [/\b(gone|goes|going) on with\b/, 'resume, continue'],
  [/\b(whoever|whomever|aught|lest)\b/, 'name the person or the process'],
  [/\blets? go of\b/, 'closes'],
  [/(^|[.;] )Nor\b/, 'and … not'],
  [/\bas well as can be\b/, 'as far as possible'],
  [/\bit stands\b/, 'it is'],
]

/** Words that belong to some rooms, because they mean one thing. */
const wordRooms: readonly (readonly [word: RegExp, rooms: RegExp, meaning: string])[] = [
  [/^runId$/, /^$/, 'a batch has a batchId, and a run a number'],
  [/^batchRun$/i, /^$/, 'a batch is not a run; the table batch_runs has BatchRunRow'],
  [
    /^chunk(s)?$/,
    /^lib\/(source|sink|host|store|home|model)\//,
    'a piece of bytes, or of a journal',
  ],
]

const longestProse = 100

let sources: Sources

beforeAll(async () => {
  sources = await readSources(`${import.meta.dirname}/..`, ['lib', 'bin'])
})

/** Every problem that `find` gives for a source, with its path. */
function problems(find: (text: string, path: string) => readonly string[]): string[] {
  return [...sources].flatMap(([path, text]) => find(text, path).map(what => `${path}: ${what}`))
}

describe('the glossary', () => {
  it('gives nothing a name that says nothing', () => {
    const empty = problems(text =>
      declaredNames(text).filter(
        name =>
          wordsOf(name).some(word => emptyWords.test(word)) &&
          !foreignNames.some(foreign => foreign.test(name)),
      ),
    )
    expect(empty).toEqual([])
  })

  it('keeps the words that mean one thing to their rooms', () => {
    const strayed = problems((text, path) =>
      declaredNames(text).flatMap(name =>
        wordRooms
          .filter(([word, rooms]) => word.test(name) && !rooms.test(path))
          .map(([, , meaning]) => `${name}: ${meaning}`),
      ),
    )
    expect(strayed).toEqual([])
  })

  it('has no two types of one name', () => {
    const firstByName = new Map<string, string>()
    const twins = problems((text, path) =>
      typeNames(text).flatMap(name => {
        const first = firstByName.get(name)
        firstByName.set(name, path)
        return first === undefined ? [] : [`${name} is in ${first} too`]
      }),
    )
    expect(twins).toEqual([])
  })

  it('says in comments and messages what can be read once', () => {
    const unclear = problems(text =>
      proseOf(text).flatMap(prose =>
        unclearPhrases
          .filter(([phrase]) => phrase.test(prose))
          .map(([, instead]) => `"${prose}": write "${instead}"`),
      ),
    )
    expect(unclear).toEqual([])
  })

  it('ends lines of prose by column 100', () => {
    const long = problems(text =>
      text.split('\n').filter(line => isProse(line) && line.length > longestProse && !isLink(line)),
    )
    expect(long).toEqual([])
  })

  it.each([
    ['const payload = 1', ['payload']],
    ['function f(rowHandler) {}', ['f', 'rowHandler']],
    ['interface A { readonly items: string }', ['A', 'items']],
    ["const a = '// a handler'", ['a']],
    [
      'function f({ a, payload = 1, c: [items], ...rest }) {}',
      ['f', 'a', 'payload', 'items', 'rest'],
    ],
  ])('reads the names that %j declares', (text, names) => {
    expect(declaredNames(text)).toEqual(names)
  })
})

/** Names of variables, parameters, functions, types and members that a source declares. */
function declaredNames(text: string): string[] {
  const names = new Set<string>()
  const add = (value: unknown): void => {
    if (isNode(value) && value.type === 'Identifier') names.add(String(value.value))
  }
  visit(parsed(text), node => {
    if (node.type === 'VariableDeclarator') bindingsOf(node.id).forEach(add)
    if (node.type === 'Parameter') bindingsOf(node.pat).forEach(add)
    if (node.type === 'ArrowFunctionExpression') {
      for (const pattern of node.params as readonly unknown[]) bindingsOf(pattern).forEach(add)
    }
    if (/^(FunctionDeclaration|ClassDeclaration)$/.test(node.type)) add(node.identifier)
    if (/^Ts(Interface|TypeAlias)Declaration$/.test(node.type)) add(node.id)
    if (/^Ts(Property|Method)Signature$/.test(node.type)) add(node.key)
  })
  return [...names]
}

/** The identifiers in a pattern such as `{ a, b: [c] }`. */
function bindingsOf(pattern: unknown): SyntaxNode[] {
  if (!isNode(pattern)) return []
  switch (pattern.type) {
    case 'Identifier':
      return [pattern]
    case 'ArrayPattern':
      return (pattern.elements as readonly unknown[]).flatMap(bindingsOf)
    case 'ObjectPattern':
      return (pattern.properties as readonly SyntaxNode[]).flatMap(property =>
        // In `{ a = 1 }`, the value is the default.
        property.type === 'AssignmentPatternProperty'
          ? bindingsOf(property.key)
          : bindingsOf(property.value ?? property.argument),
      )
    case 'AssignmentPattern':
      return bindingsOf(pattern.left)
    case 'RestElement':
      return bindingsOf(pattern.argument)
    default:
      return []
  }
}

function typeNames(text: string): string[] {
  return [...text.matchAll(/^(?:export )?(?:interface|type|class) (\w+)/gm)].map(
    ([, name = '']) => name,
  )
}

/** Sentences of comments, and the texts that a person may see. */
function proseOf(text: string): string[] {
  const comments = text.split('\n').flatMap(line => {
    const [, prose] = /^\s*(?:\/\*\*?|\*|\/\/) ?(.*?)(?:\*\/)?$/.exec(line) ?? []
    return prose === undefined ? [] : [prose]
  })
  const texts: string[] = []
  visit(parsed(text), node => {
    if (node.type === 'StringLiteral') texts.push(String(node.value))
    if (node.type === 'TemplateElement') texts.push(String(node.cooked))
  })
  return [...comments, ...texts.filter(one => one.includes(' '))]
}

/** `callLimitMs` → `call`, `limit`, `ms`. */
function wordsOf(name: string): string[] {
  return name.split(/(?<=[a-z0-9])(?=[A-Z])|_/).map(word => word.toLowerCase())
}

function isProse(line: string): boolean {
  return /^\s*(\/\*\*|\*|\/\/)/.test(line)
}

function isLink(line: string): boolean {
  return /https?:\/\/\S+/.test(line)
}

const parsedByText = new Map<string, unknown>()

function parsed(text: string): unknown {
  const known =
    parsedByText.get(text) ?? parseSync(text, { syntax: 'typescript', target: 'es2022' })
  parsedByText.set(text, known)
  return known
}
