import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path/posix'
import { fences, mayComputeImports, rooms, storeys, widestFolder } from './house-rules.js'
import { type ModuleFacts, readModule } from './read-module.js'

/** Sources by their path from the root of the project, such as `lib/row/row.ts`. */
export type Sources = ReadonlyMap<string, string>

const door = 'lib/index.ts'
const longestFile = 250
const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/
const junkDrawer =
  /^(utils?|helpers?|common|misc|shared|types|interfaces?|constants?|item|data|payload|handler|manager|service|processor|context)\.ts$/

/** Reads every TypeScript source below `folders`. */
export async function readSources(root: string, folders: readonly string[]): Promise<Sources> {
  const sources = new Map<string, string>()
  for (const folder of folders) {
    for (const name of (await readdir(join(root, folder), { recursive: true })).sort()) {
      if (!name.endsWith('.ts')) continue
      sources.set(join(folder, name), await readFile(join(root, folder, name), 'utf8'))
    }
  }
  return sources
}

/** Files that are in no folder of a storey, or in no known room of it. */
export function homelessFiles(sources: Sources): string[] {
  return [...sources.keys()].filter(
    path => storeyOf(path) === undefined || floorOf(path) === undefined,
  )
}

/** Imports of a folder, or of a room in the same folder, on the same storey or above. */
export function upwardImports(sources: Sources): string[] {
  return edgesOf(sources)
    .filter(({ from, to }) => isUpward(from, to))
    .map(({ from, to }) => `${from} → ${to}`)
}

function isUpward(from: string, to: string): boolean {
  if (folderOf(from) !== folderOf(to)) {
    return (storeyOf(to) ?? Infinity) >= (storeyOf(from) ?? -1)
  }
  return roomOf(from) !== roomOf(to) && (floorOf(to) ?? Infinity) >= (floorOf(from) ?? -1)
}

/** Folders with more files on one floor than anybody looks through. */
export function wideRooms(sources: Sources): string[] {
  const widths = new Map<string, number>()
  for (const path of sources.keys()) widths.set(dirname(path), (widths.get(dirname(path)) ?? 0) + 1)
  return [...widths]
    .filter(([, width]) => width > widestFolder)
    .map(([folder, width]) => `${folder} has ${width} files`)
}

/** Imports of a file that is not there, and dynamic imports whose target is computed. */
export function unreadableImports(sources: Sources): string[] {
  const computed = [...factsOf(sources)]
    .filter(([path, { imports }]) => imports.includes(undefined) && !mayComputeImports.test(path))
    .map(([path]) => `${path} computes the name of what it imports`)
  const missing = edgesOf(sources)
    .filter(({ to }) => !sources.has(to) && !to.endsWith('.json'))
    .map(({ from, to }) => `${from} → ${to}, which is not there`)
  return [...computed, ...missing]
}

/** Ways from a file back to itself, each as the whole circle. */
export function circles(sources: Sources): string[] {
  const edges = edgesOf(sources)
  const targetsOf = (path: string) => edges.filter(edge => edge.from === path)
  const found: string[] = []
  const cleared = new Set<string>()
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    } else if (!cleared.has(path)) {
      for (const { to } of targetsOf(path)) walk(to, [...trail, path])
      cleared.add(path)
    }
  }
  for (const path of sources.keys()) walk(path, [])
  return found
}

/** Uses of something outside the place that it is fenced into. */
export function fenceBreaks(sources: Sources): string[] {
  return [...factsOf(sources)].flatMap(([path, { imports, names }]) =>
    fences
      .filter(fence => !fence.only.test(path))
      .flatMap(fence => {
        const packages = imports.filter(name => name !== undefined && fence.packages?.test(name))
        const globals = [...names].filter(name => fence.names?.includes(name))
        return [...packages, ...globals].map(used => `${path} uses ${used}: ${fence.what}`)
      }),
  )
}

/** Files too long to be read in one sitting. */
export function longFiles(sources: Sources): string[] {
  return [...sources]
    .map(([path, text]) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > longestFile)
    .map(({ path, lines }) => `${path} has ${lines} lines`)
}

/** Names that are not kebab-case, that say nothing, or that occur twice. */
export function poorNames(sources: Sources): string[] {
  const firstByName = new Map<string, string>()
  return [...sources.keys()].flatMap(path => {
    const name = path.split('/').at(-1) ?? ''
    const first = firstByName.get(name)
    if (first !== undefined) return [`${name} occurs twice: ${first}, ${path}`]
    firstByName.set(name, path)
    if (!kebabCase.test(name)) return [`${path} is not kebab-case`]
    const isPoor = junkDrawer.test(name) || (name === 'index.ts' && path !== door)
    return isPoor ? [`${path} is named for nothing in it`] : []
  })
}

interface Edge {
  readonly from: string
  readonly to: string
}

function edgesOf(sources: Sources): Edge[] {
  return [...factsOf(sources)].flatMap(([from, { imports }]) =>
    imports
      .filter(name => name?.startsWith('.'))
      .map(name => ({ from, to: join(dirname(from), String(name)).replace(/\.js$/, '.ts') })),
  )
}

const factsBySources = new WeakMap<Sources, ReadonlyMap<string, ModuleFacts>>()

function factsOf(sources: Sources): ReadonlyMap<string, ModuleFacts> {
  const known = factsBySources.get(sources)
  if (known !== undefined) return known
  const facts = new Map([...sources].map(([path, text]) => [path, readFacts(path, text)]))
  factsBySources.set(sources, facts)
  return facts
}

function readFacts(path: string, text: string): ModuleFacts {
  try {
    return readModule(text)
  } catch (error) {
    throw new Error(`${path} is no TypeScript`, { cause: error })
  }
}

function folderOf(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

/**
 * The room inside its folder that a file is in, or nothing where it stands in the folder itself.
 */
function roomOf(path: string): string {
  return path.split('/').slice(2, -1).join('/')
}

/** Where the room of a file is in its folder, from the ground up. */
function floorOf(path: string): number | undefined {
  const floors = rooms[path.split('/')[1] ?? ''] ?? []
  const room = roomOf(path)
  if (room === '') return floors.length
  const floor = floors.findIndex(names => names.includes(room))
  return floor === -1 ? undefined : floor
}

function storeyOf(path: string): number | undefined {
  if (path.startsWith('bin/')) return storeys.length + 1
  if (path === door) return storeys.length
  const folder = path.split('/')[1] ?? ''
  const storey = storeys.findIndex(folders => folders.includes(folder))
  return storey === -1 ? undefined : storey
}
