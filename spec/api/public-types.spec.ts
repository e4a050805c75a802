import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

const dist = resolve(import.meta.dirname, '../../dist/lib')
const index = await readFile(`${dist}/index.d.ts`, 'utf8')

/** Public names by the file that declares them. */
const publicFiles = [...index.matchAll(/export (?:type )?\{([^}]*)\} from '(.*)\.js'/g)].map(
  ([, names = '', file = '']) => ({
    file,
    names: names
      .split(',')
      .map(name => name.replace(/\btype\b/, '').trim())
      .filter(name => name !== ''),
  }),
)
const publicNames = new Set(publicFiles.flatMap(({ names }) => names))

/** The text of a declaration file, by the name that each part declares. */
function declarationsOf(text: string): ReadonlyMap<string, string> {
  const parts = text.split(/^(?=export |declare |interface |type )/m).map(part => {
    const bare = part.replace(/\/\*\*.*?\*\//gs, '')
    const name = /(?:function\*?|class|const|interface|type) (\w+)/.exec(bare)?.[1] ?? ''
    return [name, bare] as const
  })
  return new Map(parts)
}

/** Types of this package that a declaration file imports or declares. */
function ownTypes(text: string): readonly string[] {
  const imported = [...text.matchAll(/import (?:type )?\{([^}]*)\} from '\.{1,2}\//g)].flatMap(
    ([, names = '']) => names.split(',').map(name => name.replace(/\btype\b/, '').trim()),
  )
  return [...imported, ...declarationsOf(text).keys()].filter(name => /^[A-Z]/.test(name))
}

describe('the door', () => {
  it('exports every type that a public signature names', async () => {
    const missing = await Promise.all(
      publicFiles.map(async ({ file, names }) => {
        const text = await readFile(resolve(dist, `${file}.d.ts`), 'utf8')
        const declarations = declarationsOf(text)
        return names.flatMap(name =>
          ownTypes(text)
            .filter(type => !publicNames.has(type))
            .filter(type => new RegExp(`\\b${type}\\b`).test(declarations.get(name) ?? ''))
            .map(type => `${name} (${file}) names ${type}`),
        )
      }),
    )
    expect(missing.flat()).toEqual([])
  })
})
