import { setMaxListeners } from 'node:events'
import type { CallListener, ModelClient } from '../../lib/port/model-client.js'
import type { Answer } from '../../lib/row/answer.js'
import type { Prompt } from '../../lib/row/prompt.js'
import { answer } from './rows.js'

/** A call that ends when the spec says so. */
export interface OpenCall {
  readonly prompt: Prompt
  readonly answer: (given?: Answer) => void
  readonly fail: (error: unknown) => void
}

export interface ScriptedClient {
  readonly client: Pick<ModelClient, 'ask' | 'begin' | 'provider'>
  /** Calls in flight, in the order in which they began. */
  readonly open: OpenCall[]
  /** Indices of the rows that were called, in order. */
  readonly begun: number[]
  /** Why calls were broken off. */
  readonly brokenOff: Error[]
}

export type ClientKind = 'ask' | 'begin'
export const clientKinds: readonly ClientKind[] = ['ask', 'begin']

/** A client that has `ask` alone, or `begin` as well. */
export function scriptedClient(
  kind: ClientKind,
  onBegin: (call: OpenCall) => void = () => {},
): ScriptedClient {
  const open: OpenCall[] = []
  const begun: number[] = []
  const brokenOff: Error[] = []
  const provider = 'a scripted model'
  const client = kind === 'ask' ? { ask, provider } : { ask, begin, provider }
  return { client, open, begun, brokenOff }

  function ask(prompt: Prompt, signal?: AbortSignal): Promise<Answer> {
    if (kind === 'begin') throw new Error('`begin` is there to be used')
    return new Promise((answered, failed) => {
      const breakOff = add(prompt, { answered, failed })
      if (signal !== undefined) setMaxListeners(0, signal)
      signal?.addEventListener('abort', () => {
        breakOff(signal.reason)
        failed(signal.reason)
      })
    })
  }

  function begin(prompt: Prompt, listener: CallListener) {
    return { breakOff: add(prompt, listener) }
  }

  function add(prompt: Prompt, listener: CallListener): (reason: Error) => void {
    const call: OpenCall = {
      prompt,
      answer: (given = answer(`answer ${prompt.row.index}`)) => {
        remove()
        listener.answered(given)
      },
      fail(error) {
        remove()
        listener.failed(error)
      },
    }
    open.push(call)
    begun.push(prompt.row.index)
    onBegin(call)
    return reason => {
      if (remove()) brokenOff.push(reason)
    }

    function remove(): boolean {
      const place = open.indexOf(call)
      if (place >= 0) open.splice(place, 1)
      return place >= 0
    }
  }
}

/** A client that answers each call in a later turn of the event loop. */
export function answeringClient(
  kind: ClientKind,
  answerOf: (prompt: Prompt) => Answer | Error = ({ row }) => answer(`answer ${row.index}`),
): ScriptedClient {
  return scriptedClient(kind, call => {
    setImmediate(() => {
      const given = answerOf(call.prompt)
      if (given instanceof Error) call.fail(given)
      else call.answer(given)
    })
  })
}
