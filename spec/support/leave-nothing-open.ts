import { readdirSync, readlinkSync } from 'node:fs'
import { until } from './until.js'

/** recheck keeps one process for all checks, and has no call that ends it. */
const keepsProcess = /regular-expressions\.spec\.ts$/

/** Patterns of paths, by jest.config.js. */
declare const ofChildProcesses: readonly string[]

const before = new Set(openDescriptors())
const timersBefore = timers()

// Jest runs this after all other hooks of a file, but for a file's own `afterAll` outside of every
// `describe`.
afterAll(async () => {
  const { testPath = '' } = expect.getState()
  if (keepsProcess.test(testPath)) return
  if (ofChildProcesses.some(pattern => new RegExp(pattern).test(testPath))) return
  const leftOpen = () => openDescriptors().filter(descriptor => !before.has(descriptor))
  // Jest times each hook with a timer of its own.
  const leftTimers = () => Math.max(0, timers() - timersBefore - 1)
  const deadlineMs = performance.now() + 2_000
  // What is closed ends some turns of the event loop later.
  await until(() => leftOpen().length + leftTimers() === 0 || performance.now() > deadlineMs)

  expect({ open: leftOpen(), timers: leftTimers() }).toEqual({ open: [], timers: 0 })
})

/** Files, sockets and pipes of this process, as `17 /tmp/x`; none where there is no /proc. */
function openDescriptors(): string[] {
  try {
    return readdirSync('/proc/self/fd').flatMap(descriptor => {
      try {
        return [`${descriptor} ${readlinkSync(`/proc/self/fd/${descriptor}`)}`]
      } catch {
        return [] // The descriptor of the folder itself, which is closed by now.
      }
    })
  } catch {
    return []
  }
}

function timers(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
}
