import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import type { Attachment } from '../../../lib/row/attachment.js'
import { textMessage } from '../../../lib/row/message.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { fakeClock } from '../../support/fake-clock.js'
import { makePrompt } from '../../support/make-prompt.js'
import { sha256, smallFiles } from '../../support/small-files.js'
import { type StubServer, startStubServer } from '../../support/stub-server.js'

const known = { aliases: new Map(), extraModels: [], ggufModels: [] }

function fileOf(type: string, content: Buffer): Attachment {
  return { id: sha256(content), type, path: '/a', loadedBytes: content.length, content }
}

const image = fileOf('image/png', smallFiles.png)
const pdf = fileOf('application/pdf', smallFiles.pdf)
const wav = fileOf('audio/wav', smallFiles.wav)
const mp3 = fileOf('audio/mpeg', smallFiles.mp3)
const text = fileOf('text/markdown', smallFiles.text)
const link: Attachment = {
  ...{ id: 'b', type: 'image/png', loadedBytes: 0 },
  url: 'https://example.com/b.png',
}
const linkedPdf: Attachment = { ...link, type: 'application/pdf', url: 'https://example.com/b.pdf' }
const base64 = ({ content }: Attachment) => content?.toString('base64')
const inline = (file: Attachment) => `data:${file.type};base64,${base64(file)}`

describe('the request of a prompt with attachments', () => {
  let server: StubServer
  beforeAll(async () => {
    server = await startStubServer({ isRecording: true })
  })
  afterAll(() => server.close())

  async function bodyFor(
    model: string,
    attachments: readonly Attachment[],
    asked?: Partial<Prompt>,
  ) {
    const client = await openModel({
      reference: resolveModel(model, known),
      ...{ key: 'k', environment: server.environment, clock: fakeClock(), connections: 8 },
    })
    try {
      const prompt = { ...makePrompt('What is this?'), attachments, ...asked }
      await client.ask(prompt, new AbortController().signal)
    } finally {
      await client.close()
    }
    return server.requests.at(-1)?.body
  }

  const said = { type: 'text', text: 'What is this?' }

  it.each(['gpt-4o-mini', 'openrouter/acme/seer'])(
    '%s: the text, then parts of chat completions, as llm sends them',
    async model => {
      const { messages } = await bodyFor(model, [image, link, pdf, wav, mp3], { system: 'Look.' })

      expect(messages).toEqual([
        { role: 'system', content: 'Look.' },
        {
          role: 'user',
          content: [
            said,
            { type: 'image_url', image_url: { url: inline(image) } },
            { type: 'image_url', image_url: { url: 'https://example.com/b.png' } },
            { type: 'file', file: { filename: `${pdf.id}.pdf`, file_data: inline(pdf) } },
            { type: 'input_audio', input_audio: { data: base64(wav), format: 'wav' } },
            { type: 'input_audio', input_audio: { data: base64(mp3), format: 'mp3' } },
          ],
        },
      ])
    },
  )

  it('gpt-4o: image_detail goes with each image, and is no member of its own', async () => {
    const body = await bodyFor('gpt-4o', [image, pdf], { options: { image_detail: 'low' } })

    expect(body.image_detail).toBeUndefined()
    expect(body.messages[0].content.slice(1)).toEqual([
      { type: 'image_url', image_url: { url: inline(image), detail: 'low' } },
      { type: 'file', file: { filename: `${pdf.id}.pdf`, file_data: inline(pdf) } },
    ])
  })

  it('gpt-5: the text, then parts of Responses, as llm sends them', async () => {
    const options = { image_detail: 'high' }
    const { input } = await bodyFor('gpt-5', [image, link, pdf], { options })

    expect(input).toEqual([
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is this?' },
          { type: 'input_image', image_url: inline(image), detail: 'high' },
          { type: 'input_image', image_url: 'https://example.com/b.png', detail: 'high' },
          { type: 'input_file', filename: `${pdf.id}.pdf`, file_data: inline(pdf) },
        ],
      },
    ])
  })

  it('claude-haiku: images and documents, then the text', async () => {
    const { messages } = await bodyFor('claude-haiku', [image, link, pdf, linkedPdf, text])

    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          {
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: base64(image) },
          },
          { type: 'image', source: { type: 'url', url: 'https://example.com/b.png' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: base64(pdf) },
          },
          { type: 'document', source: { type: 'url', url: 'https://example.com/b.pdf' } },
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: smallFiles.text.toString() },
          },
          said,
        ],
      },
    ])
  })

  it('gemini-2.5-flash: bytes, then the text; MP3 by the name that Google has for it', async () => {
    const { contents } = await bodyFor('gemini-2.5-flash', [image, pdf, mp3, text])

    expect(contents).toEqual([
      {
        role: 'user',
        parts: [
          { inlineData: { mimeType: 'image/png', data: base64(image) } },
          { inlineData: { mimeType: 'application/pdf', data: base64(pdf) } },
          { inlineData: { mimeType: 'audio/mp3', data: base64(mp3) } },
          { inlineData: { mimeType: 'text/markdown', data: base64(text) } },
          { text: 'What is this?' },
        ],
      },
    ])
  })

  it.each(['gpt-4o-mini', 'gpt-5', 'claude-haiku', 'gemini-2.5-flash'])(
    '%s: an empty text is no part, and further messages follow',
    async model => {
      const followUps = [textMessage('assistant', 'A cat.'), textMessage('user', 'Are you sure?')]

      const body = await bodyFor(model, [image], { text: '', followUps })

      const messages = body.messages ?? body.input ?? body.contents
      expect(messages).toHaveLength(3)
      expect(messages[0].content ?? messages[0].parts).toHaveLength(1)
      expect(JSON.stringify(messages)).toContain(base64(image))
      expect(JSON.stringify(messages[2])).toContain('Are you sure?')
    },
  )

  it.each(['gpt-4o-mini', 'gpt-5', 'claude-haiku', 'gemini-2.5-flash'])(
    '%s: a text that looks like the mark of an attachment stays a text',
    async model => {
      const odd = { ...link, url: 'https://example.com/attachment.0.png' }
      const files = model.startsWith('gemini') ? [image, pdf] : [image, pdf, odd]
      const body = await bodyFor(model, files, { text: 'attachment.0. attachment.1.' })

      const json = JSON.stringify(body)
      expect(json).toContain('attachment.0. attachment.1.')
      expect(json.split(base64(image) ?? '')).toHaveLength(2)
      expect(json.split(base64(pdf) ?? '')).toHaveLength(2)
    },
  )

  it('claude-haiku: a text file that looks like the mark of an attachment stays a text', async () => {
    const odd = fileOf('text/plain', Buffer.from('attachment.0. attachment.1.'))

    const { messages } = await bodyFor('claude-haiku', [odd, image])

    expect(messages[0].content[0].source.data).toBe('attachment.0. attachment.1.')
    expect(messages[0].content[1].source.data).toBe(base64(image))
  })
})
