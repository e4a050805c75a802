import { fakeClock } from '../support/fake-clock.js'
import { specDriver } from './spec-driver.js'

let processes = 0

/** What a store of a new process needs; all processes before it are gone. */
export function newProcess() {
  processes += 1
  return {
    clock: fakeClock(),
    driver: specDriver,
    processId: processes,
    identifyProcess: () => undefined,
  }
}
