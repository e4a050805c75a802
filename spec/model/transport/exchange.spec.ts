import { Agent } from 'undici'
import { Exchange } from '../../../lib/model/transport/exchange.js'
import { createReadingTurns } from '../../../lib/model/transport/reading-turns.js'
import { until } from '../../support/until.js'

/** What an exchange tells if its socket cannot be opened for this reason. */
async function failToConnect(code: string, isKept: boolean, isGivenUp = false) {
  const heard: string[] = []
  const failure = Object.assign(new Error(code), { code })
  const agent = new Agent({ connect: (_options, done) => done(failure, null) })
  const path = { origin: 'http://host.test', path: '/', method: 'POST' } as const
  const exchange = new Exchange(
    path,
    {
      replied: () => heard.push('replied'),
      lost: (error, isSent) => heard.push(`lost ${error.message}, sent: ${isSent}`),
    },
    {
      ...{ maxReplyBytes: 1000, hideSecrets: text => text, turns: createReadingTurns(1) },
      sendLater(kept) {
        heard.push(`kept: ${kept === exchange}`)
        return isKept
      },
      onEnded: () => heard.push('ended'),
    },
  )
  agent.dispatch(exchange.request, exchange)
  if (isGivenUp) exchange.breakOff(new Error('enough'))
  await until(() => heard.length > 0)
  await agent.destroy()
  return heard
}

describe('an exchange without a socket', () => {
  it.each(['EMFILE', 'ENFILE'])('is sent later after %s, as long as another ends', async code => {
    expect(await failToConnect(code, true)).toEqual(['kept: true'])
    expect(await failToConnect(code, false)).toEqual([
      ...['kept: true', 'ended', `lost ${code}, sent: false`],
    ])
  })

  it('is lost after another fault', async () => {
    expect(await failToConnect('ECONNRESET', true)).toEqual([
      ...['ended', 'lost ECONNRESET, sent: false'],
    ])
  })

  it('is not kept for later once it is broken off', async () => {
    expect(await failToConnect('EMFILE', true, true)).toEqual(['ended'])
  })
})
