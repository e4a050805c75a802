/**
 * Makes one file-system call of the process that loads it (`node --import`) fail, as a broken disk, a full one or a
 * process with too many open files would:
 *
 *     FAIL_FILE_CALL=12:ENOSPC
 *
 * Calls on the program's own files, on the system's and on standard streams are not counted, and SQLite's cannot be
 * seen from here. What is hit is said on standard error at once; at the end, how many calls there were.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { constants } from 'node:os'
import { join, resolve } from 'node:path'

const [number, code] = (process.env.FAIL_FILE_CALL ?? '').split(':')
const program = resolve(import.meta.dirname, '../..')
const messages = {
  EIO: 'i/o error',
  ENOSPC: 'no space left on device',
  EMFILE: 'too many open files',
}
const { writeSync } = fs
let calls = 0
/** Descriptors of files that are not counted: the three standard streams, and what Node reads by itself. */
const foreign = new Set([0, 1, 2])

/** The error that a call is to end with, if it is the one. `place` is a path, or a descriptor. */
function faultOf(syscall, place) {
  const isUncounted = typeof place === 'number' ? foreign.has(place) : isForeign(String(place))
  if (isUncounted) return undefined
  calls += 1
  if (calls !== Number(number)) return undefined
  writeSync(2, `FAIL_FILE_CALL ${number}:${code} hit ${syscall} ${place}\n`)
  const error = new Error(`${code}: ${messages[code]}, ${syscall}`)
  return Object.assign(error, { code, syscall, errno: -constants.errno[code] })
}

function isForeign(path) {
  if (path.includes('/node_modules/')) return true
  const whole = resolve(path.replace(/^file:\/\//, ''))
  return ['/proc', '/sys', '/etc', '/dev', '/usr', program].some(folder => whole.startsWith(folder))
}

replace(fs, 'openSync', inner => (path, ...rest) => {
  const descriptor = inner(path, ...rest)
  if (isForeign(String(path))) foreign.add(descriptor)
  else foreign.delete(descriptor)
  return descriptor
})

process.on('exit', () => writeSync(2, `FAIL_FILE_CALL counted ${calls}\n`))

/** Functions by the system call that they come to. */
const names = {
  open: 'open',
  write: 'write',
  writev: 'write',
  writeFile: 'write',
  appendFile: 'write',
  read: 'read',
  readFile: 'read',
  rename: 'rename',
  fsync: 'fsync',
  ftruncate: 'ftruncate',
  truncate: 'truncate',
  unlink: 'unlink',
  rm: 'unlink',
  mkdir: 'mkdir',
  mkdtemp: 'mkdir',
}

for (const [name, syscall] of Object.entries(names)) {
  replace(fs, `${name}Sync`, inner => (place, ...rest) => {
    const fault = faultOf(syscall, place)
    if (fault !== undefined) throw fault
    return inner(place, ...rest)
  })
  replace(fs, name, inner => (place, ...rest) => {
    const fault = faultOf(syscall, place)
    if (fault === undefined) return inner(place, ...rest)
    process.nextTick(rest.at(-1), fault)
  })
  replace(fs.promises, name, inner => async (place, ...rest) => {
    const fault = faultOf(syscall, place?.fd ?? place)
    if (fault !== undefined) throw fault
    return inner(place, ...rest)
  })
}

const handle = await fs.promises.open(join(program, 'package.json'))
const ofHandles = Object.getPrototypeOf(handle)
await handle.close()
const methods = { ...names, truncate: 'ftruncate', sync: 'fsync', datasync: 'fsync' }
for (const [name, syscall] of Object.entries(methods)) {
  replace(
    ofHandles,
    name,
    inner =>
      async function failing(...given) {
        const fault = faultOf(syscall, this.fd)
        if (fault !== undefined) throw fault
        return inner.apply(this, given)
      },
  )
}
syncBuiltinESMExports()

function replace(holder, name, make) {
  const inner = holder[name]
  if (typeof inner !== 'function') return
  // `promisify` finds what it needs in symbols.
  holder[name] = Object.defineProperties(make(inner), {
    ...Object.getOwnPropertyDescriptors(inner),
    prototype: { value: undefined, writable: true },
  })
}
