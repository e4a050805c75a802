import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** A registry on this machine that has the packages which are installed in our `node_modules`. */
export interface StubRegistry {
  /** What leads npm to it, and to nothing else. */
  readonly environment: Readonly<Record<string, string>>
  /** Paths of the packages that were downloaded. */
  readonly downloads: readonly string[]
  /** From now on downloads wait. */
  readonly hold: () => void
  readonly release: () => void
  readonly close: () => Promise<void>
}

/** @param cache folder for npm's cache. */
export async function startStubRegistry(cache: string): Promise<StubRegistry> {
  const folders = foldersByName()
  const tarballs = new Map<string, Buffer>()
  const downloads: string[] = []
  const waiting: (() => void)[] = []
  let isHolding = false
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '')
    if (path.includes('/-/')) return receiveDownload(path, response)
    const found = folders.get(path.slice(1))
    if (found === undefined) return void response.writeHead(404).end('{}')
    const versions = Object.fromEntries(found.map(folder => entryOf(folder)))
    const [latest] = Object.keys(versions)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ name: path.slice(1), 'dist-tags': { latest }, versions }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    environment: {
      npm_config_registry: `${origin}/`,
      npm_config_cache: cache,
      npm_config_userconfig: join(cache, 'none'),
      npm_config_fetch_retries: '0',
    },
    downloads,
    hold: () => {
      isHolding = true
    },
    release: () => {
      isHolding = false
      for (const send of waiting.splice(0)) send()
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  function receiveDownload(path: string, response: ServerResponse): void {
    downloads.push(path)
    const send = (): void => void response.end(tarballs.get(path))
    if (isHolding) waiting.push(send)
    else send()
  }

  function entryOf(folder: string): readonly [string, unknown] {
    const { scripts: _, devDependencies: _too, ...manifest } = manifestOf(folder)
    const path = `/${manifest.name}/-/${manifest.version}.tgz`
    const tarball = tarballs.get(path) ?? packed(folder)
    tarballs.set(path, tarball)
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    return [manifest.version, { ...manifest, dist: { tarball: origin + path, integrity } }]
  }
}

/** Folders of each package in the lock file that is there; another platform's are not. */
function foldersByName(): Map<string, string[]> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const folders = new Map<string, string[]>()
  for (const path of Object.keys(packages).filter(each => each !== '')) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const folder = join(root, path)
    if (manifestOf(folder) !== undefined) folders.set(name, [...(folders.get(name) ?? []), folder])
  }
  return folders
}

function manifestOf(folder: string): any {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  } catch {
    return undefined
  }
}

function packed(folder: string): Buffer {
  const parent = mkdtempSync(join(tmpdir(), 'llm-batch-spec-'))
  try {
    symlinkSync(folder, join(parent, 'package'))
    const words = ['-C', parent, '--exclude', 'package/node_modules', '-czhf', '-', 'package/']
    return execFileSync('tar', words, { maxBuffer: 1e9 })
  } finally {
    rmSync(parent, { recursive: true })
  }
}
