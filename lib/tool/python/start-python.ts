import { type ChildProcess, fork } from 'node:child_process'
import type { Clock } from '../../port/clock.js'
import { toolError } from '../result/failed-result.js'
import type { PoolMember } from './process-pool.js'
import { pythonProgram } from './python-program.js'
import type { PythonReply, PythonSettings } from './python-reply.js'

export interface StartPythonOptions {
  readonly settings: PythonSettings
  readonly clock: Pick<Clock, 'sleep'>
}

/** Milliseconds that a process may take beyond the time of the code: to start, and to answer. */
const startMs = 10_000
const answerMs = 3_000

/**
 * Starts a process that runs Python. It sees nothing of our environment, has no standard streams,
 * and ends when we end.
 *
 * A job is code. It rejects, in words for the model, if the process hangs, grows or crashes.
 */
export function startPython(options: StartPythonOptions): PoolMember<string, PythonReply> {
  const { settings, clock } = options
  const child = fork(pythonProgram(), [JSON.stringify(settings)], {
    execArgv: [],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const ended = new Promise<NodeJS.Signals | undefined>(resolve => {
    child.once('exit', (_code, signal) => resolve(signal ?? undefined))
    // A process that cannot be started has no exit. Later errors are of the channel.
    child.on('error', () => {
      if (child.pid === undefined) resolve(undefined)
    })
  })
  let isStarted = false
  let isHung = false
  let isEnding = false
  releaseProcess()

  return {
    async run(code) {
      const timer = new AbortController()
      const graceMs = answerMs + (isStarted ? 0 : startMs)
      clock.sleep(settings.limits.timeMs + graceMs, timer.signal).then(
        () => {
          isHung = true
          endNow()
        },
        () => {},
      )
      holdProcess(child)
      try {
        const reply = await Promise.race([replyTo(child, code), ended.then(failed)])
        isStarted = true
        return reply
      } finally {
        timer.abort(answered)
        releaseProcess()
      }
    },
    end: endNow,
    ended: ended.then(() => {}),
  }

  function endNow(): void {
    isEnding = true
    holdProcess(child)
    child.kill('SIGKILL')
  }

  /** An idle process does not keep ours alive. */
  function releaseProcess(): void {
    if (isEnding) return
    child.unref()
    child.channel?.unref()
  }

  function failed(signal: NodeJS.Signals | undefined): never {
    if (isHung) throw toolError('TimeoutError', 'Python hung in this code, and was ended')
    if (signal === 'SIGKILL') {
      throw toolError(
        'MemoryError',
        'Python grew too much in this code or its value, and was ended',
      )
    }
    throw toolError('SystemError', 'Python crashed in this code. Write it in another way')
  }
}

function replyTo(child: ChildProcess, code: string): Promise<PythonReply> {
  return new Promise(resolve => {
    child.once('message', message => resolve(message as PythonReply))
    // If the channel is closed, the process has ended.
    child.send(code, () => {})
  })
}

/** Keeps our process alive until this one has answered or ended. */
function holdProcess(child: ChildProcess): void {
  child.ref()
  child.channel?.ref()
}

const answered = 'Python has answered'
