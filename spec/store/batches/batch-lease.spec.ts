import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { emptyTally } from '../../../lib/row/tally.js'
import { openBatchStore } from '../../../lib/store/open-batch-store.js'
import { makeWorkdir } from '../../support/workdir.js'
import { specDriver } from '../spec-driver.js'
import { storeClock } from '../store-clock.js'

const run = { id: 'b', inputFile: '-', outputFile: undefined, model: 'm', config: {} }

/**
 * Opens the store, waits for the word, resumes, says how it went, and holds the batch until it is
 * killed.
 */
const resumer = `
  const [store, clock, path, driver] = process.argv.slice(1)
  const { openBatchStore } = await import(store)
  const { systemClock } = await import(clock)
  const identifyProcess = id => { try { process.kill(id, 0); return '' } catch { return undefined } }
  const processId = process.pid
  const kept = await openBatchStore({ path, clock: systemClock, log: false, driver, processId, identifyProcess })
  console.log('ready')
  process.stdin.once('data', () => kept.resume(${JSON.stringify(run)}).then(
    () => console.log('won'), error => console.log(error.code)))`

describe('takeLease', () => {
  it('lets one of four processes have a batch when all resume it in the same moment', async () => {
    const workdir = await makeWorkdir()
    const path = workdir.join('logs.db')
    const store = await openBatchStore({
      path,
      clock: storeClock(),
      log: false,
      driver: specDriver,
    })
    const begun = await (await store.begin(run)).start()
    const pulse = { totalRows: undefined, tally: emptyTally }
    await begun.end({ status: 'paused', pulse, isWhole: false })
    await store.close()
    const built = (file: string) => resolve(import.meta.dirname, '../../../dist/lib', file)
    const files = [built('store/open-batch-store.js'), built('host/system-clock.js')]
    const flags = ['--input-type=module', '-e', resumer]
    const children = ['a', 'b', 'c', 'd'].map(() =>
      spawn(process.execPath, [...flags, ...files, path, specDriver]),
    )
    const said = async (child: (typeof children)[number]) => {
      const [text] = await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])
      return `${text}`.trim()
    }

    expect(await Promise.all(children.map(said))).toEqual(['ready', 'ready', 'ready', 'ready'])
    for (const child of children) child.stdin.write('go\n')
    const results = await Promise.all(children.map(said))

    expect(results.sort()).toEqual(['BATCH_RUNNING', 'BATCH_RUNNING', 'BATCH_RUNNING', 'won'])
    for (const child of children) child.kill('SIGKILL')
    await workdir.remove()
  })
})
