import { specDriver } from './spec-driver.js'
import { storeClock } from './store-clock.js'

let processes = 0

/** What a store of a new process needs; all processes before it are gone. */
export function newProcess() {
  processes += 1
  return {
    clock: storeClock(),
    driver: specDriver,
    processId: processes,
    identifyProcess: () => undefined,
  }
}
