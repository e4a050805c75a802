import { beginCall } from '../../../lib/call/client/begin-call.js'
import type { Answer } from '../../../lib/row/answer.js'
import { settle } from '../../support/fake-clock.js'
import { answer, fault, prompt } from '../../support/rows.js'
import { clientKinds, scriptedClient } from '../../support/scripted-client.js'

function listening() {
  const heard: (Answer | unknown)[] = []
  const hear = (what: unknown) => void heard.push(what)
  return { heard, listener: { answered: hear, failed: hear } }
}

describe.each(clientKinds)('beginCall of a client with `%s`', kind => {
  it('tells the answer, once and not before it has returned', async () => {
    const { client, open } = scriptedClient(kind)
    const { heard, listener } = listening()
    beginCall(client)(prompt(0), listener)
    expect(heard).toEqual([])

    open[0]?.answer(answer('yes'))
    await settle()

    expect(heard).toEqual([answer('yes')])
  })

  it('tells the failure', async () => {
    const { client, open } = scriptedClient(kind)
    const { heard, listener } = listening()
    beginCall(client)(prompt(0), listener)
    const error = fault('SERVER_FAILED', 'attempt')

    open[0]?.fail(error)
    await settle()

    expect(heard).toEqual([error])
  })

  it('tells nothing more of a call that is broken off, and breaks it off', async () => {
    const { client, open, brokenOff } = scriptedClient(kind)
    const { heard, listener } = listening()
    const call = beginCall(client)(prompt(0), listener)
    const reason = new Error('now')

    call.breakOff(reason)
    await settle()

    expect(heard).toEqual([])
    expect(open).toEqual([])
    expect(brokenOff).toEqual([reason])
  })
})

describe('beginCall', () => {
  it('does not tell an answer that comes although the call was broken off', async () => {
    const { heard, listener } = listening()
    const call = beginCall({ ask: async () => answer('too late') })(prompt(0), listener)

    call.breakOff(new Error('now'))
    await settle()

    expect(heard).toEqual([])
  })
})
