import { pathToFileURL } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { systemClock } from '../lib/host/system-clock.js'
import type { MontyModule } from '../lib/tool/python/monty-module.js'
import type { PythonReply, PythonSettings } from '../lib/tool/python/python-reply.js'
import { runPython } from '../lib/tool/python/run-python.js'

/**
 * A process that runs Python for `lib/tool/python/start-python.ts`.
 *
 * Monty is native code: a thread that runs it cannot be ended, and a crash of it ends the process.
 * So it has a process of its own. There it runs in a worker thread, and the main thread watches it:
 * the process ends itself when it grows too much, and when its parent is gone.
 */

/** Milliseconds. In this time a process grows by some 100 MB at most. */
const watchEveryMs = 20

/**
 * Megabytes of addresses. Monty shows nested values by recursion. The stack is larger than the
 * process may grow, so that growth ends the process in order before an overflow crashes it.
 */
const stackMb = 512
const heapMb = 128

if (isMainThread) watchThread(process.argv[2] ?? '{}')
else await serveParent(workerData)

function watchThread(settingsText: string): void {
  const settings = JSON.parse(settingsText) as PythonSettings
  const thread = new Worker(pathToFileURL(process.argv[1] ?? ''), {
    workerData: settings,
    env: {},
    resourceLimits: { stackSizeMb: stackMb, maxOldGenerationSizeMb: heapMb },
  })
  let isBusy = false
  // The parent may be gone before this line, while our modules were loaded.
  if (!process.connected) endNow()
  process.on('disconnect', endNow)
  process.on('message', code => {
    isBusy = true
    thread.postMessage(code)
    void watchGrowth()
  })
  thread.on('message', reply => {
    isBusy = false
    process.send?.(reply)
  })
  thread.on('error', endNow)
  thread.on('exit', endNow)

  async function watchGrowth(): Promise<void> {
    while (isBusy) {
      if (process.memoryUsage.rss() > settings.limits.processBytes) endNow()
      await systemClock.sleep(watchEveryMs)
    }
  }
}

/** An orderly exit would wait for the thread. */
function endNow(): void {
  process.kill(process.pid, 'SIGKILL')
}

async function serveParent({ importer, limits }: PythonSettings): Promise<void> {
  const loaded = await loadMonty(importer)
  parentPort?.on('message', (code: string) => {
    const reply = 'monty' in loaded ? runPython(loaded.monty, code, limits) : loaded
    parentPort?.postMessage(reply)
  })
}

async function loadMonty(
  importer: string | undefined,
): Promise<{ readonly monty: MontyModule } | PythonReply> {
  const packageName: string = '@pydantic/monty'
  try {
    if (importer === undefined) return { monty: await import(packageName) }
    return { monty: await (await import(importer)).importPackage(packageName) }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    return { kind: 'unloaded', message, code }
  }
}
