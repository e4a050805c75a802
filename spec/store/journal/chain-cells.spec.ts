import { textMessage } from '../../../lib/row/message.js'
import { askedInChain, chainCells } from '../../../lib/store/journal/chain-cells.js'
import type { ChainedMessage } from '../../../lib/store/llm-log/message-hashes.js'

const asked: ChainedMessage = ['a', null, 'user', ['one ', 'two']]
const said: ChainedMessage = ['b', 'a', 'assistant', ['three']]

describe('chainCells', () => {
  const messages = [textMessage('user', 'Hi')]

  it('has the chain for a message store, and nothing for an empty one', () => {
    expect(chainCells({ messages, chain: [asked], isMessageStore: true })).toEqual([[asked], null])
    expect(chainCells({ messages, chain: [], isMessageStore: true })).toEqual([null, null])
  })

  it('has the messages as they were sent for older tables, without the bytes of images', () => {
    const url = 'data:image/png;base64,AAAA'
    const given = {
      role: 'user',
      content: [{ type: 'image_url', image_url: { url, detail: null, size: 7 } }],
    }
    const sent = [...messages, { ...textMessage('user', ''), given }]

    const [chain, json] = chainCells({ messages: sent, chain: [asked], isMessageStore: false })

    expect(chain).toBeNull()
    expect(JSON.parse(String(json))).toEqual({
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:...', detail: null, size: 7 } }],
        },
      ],
    })
  })
})

describe('askedInChain', () => {
  it.each([
    ['what a user said last', [said, asked], 'one two'],
    ['nothing of what the model said last', [asked, said], ''],
    ['nothing of an empty chain', [], ''],
  ])('searches %s', (_what, chain, searched) => {
    expect(askedInChain(chain)).toEqual([null, null, searched, null])
  })
})
