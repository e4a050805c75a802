import { setImmediate as turn } from 'node:timers/promises'
import { loadAttachments } from '../../../lib/call/client/load-attachments.js'
import type { Attachment } from '../../../lib/row/attachment.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { answer, fault, prompt } from '../../support/rows.js'
import { clientKinds, scriptedClient } from '../../support/scripted-client.js'

const file: Attachment = { id: 'aa', type: 'image/png', path: '/a.png', loadedBytes: 4 }
const link: Attachment = { id: 'bb', type: 'image/png', url: 'https://x.io/b', loadedBytes: 0 }
const asking: Prompt = { ...prompt(0), attachments: [file, link] }
const content = Buffer.from('bytes')

/** Hears all that happens to a call. */
function listen() {
  const heard: unknown[] = []
  return {
    heard,
    listener: {
      answered: (given: unknown) => heard.push(given),
      failed: (error: unknown) => heard.push(error),
      held: () => heard.push('held'),
      goesOn: () => heard.push('goes on'),
    },
  }
}

describe.each(clientKinds)('loadAttachments, of a client with %s', kind => {
  it('loads the files of a prompt before its call, off the clock, and no URL that is sent', async () => {
    const model = scriptedClient(kind)
    const loaded: Attachment[] = []
    const client = loadAttachments(model.client, async one => {
      loaded.push(one)
      return content
    })
    const { heard, listener } = listen()

    client.begin?.(asking, listener)
    expect(heard).toEqual(['held'])
    expect(model.begun).toEqual([])
    await turn()

    expect(heard).toEqual(['held', 'goes on'])
    expect(loaded).toEqual([file])
    expect(model.open[0]?.prompt.attachments).toEqual([{ ...file, content }, link])
    expect(asking.attachments?.[0]?.content).toBeUndefined()
    model.open[0]?.answer(answer('yes'))
    await turn()
    expect(heard.at(-1)).toMatchObject({ text: 'yes' })
  })

  it('begins a prompt without attachments at once', async () => {
    const model = scriptedClient(kind)
    const { heard, listener } = listen()

    loadAttachments(model.client, async () => content).begin?.(prompt(1), listener)

    expect(model.begun).toEqual([1])
    expect(heard).toEqual([])
  })

  it('fails a call whose file cannot be loaded, and asks nothing', async () => {
    const model = scriptedClient(kind)
    const error = fault('ATTACHMENT_NOT_FOUND', 'row')
    const { heard, listener } = listen()

    loadAttachments(model.client, () => Promise.reject(error)).begin?.(asking, listener)
    await turn()

    expect(heard).toEqual(['held', error])
    expect(model.begun).toEqual([])
  })

  it.each(['before', 'after'])('breaks off %s the file is there', async when => {
    const model = scriptedClient(kind)
    const { heard, listener } = listen()
    const call = loadAttachments(model.client, async () => content).begin?.(asking, listener)
    if (when === 'after') await turn()
    const before = [...heard]

    call?.breakOff(new Error('enough'))
    await turn()

    expect(heard).toEqual(before)
    expect(model.open).toEqual([])
    expect(model.brokenOff).toHaveLength(when === 'after' ? 1 : 0)
  })

  it('is the client itself if no prompt has attachments', () => {
    const { client } = scriptedClient(kind)

    expect(loadAttachments(client, undefined)).toBe(client)
  })
})

it('loads for `ask` too', async () => {
  const { client } = scriptedClient('ask', call =>
    call.answer(answer(String(call.prompt.attachments?.[0]?.content))),
  )

  const given = await loadAttachments(client, async () => content).ask(
    asking,
    new AbortController().signal,
  )

  expect(given.text).toBe('bytes')
})
