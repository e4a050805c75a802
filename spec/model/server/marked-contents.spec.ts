import fc from 'fast-check'
import { fillBody, markContents } from '../../../lib/model/server/marked-contents.js'
import type { Answer } from '../../../lib/row/answer.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { anyCharacter } from '../../support/any-character.js'
import { makePrompt } from '../../support/make-prompt.js'

const file = (content: Buffer) => ({
  ...{ id: 'a', type: 'image/png', path: '/a', loadedBytes: content.length },
  content,
})

describe('fillBody', () => {
  it('puts any bytes in place of their marks, whatever the texts are', () => {
    const contents = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 4 })
    const texts = fc.oneof(
      fc.string({ unit: anyCharacter }),
      fc.constant('attachment.0.attachment-of'),
    )
    fc.assert(
      fc.property(contents, texts, texts, (given, text, system) => {
        const attachments = given.map(bytes => file(Buffer.from(bytes)))
        const prompt = { ...makePrompt(text), system, attachments }
        const marks = markContents(prompt).filter(marked => marked !== undefined)
        const body = JSON.stringify({ system, text, data: marks.map(({ mark }) => mark) })

        const filled = fillBody(body, marks)

        expect(JSON.parse(filled.toString())).toEqual({
          system: system.toWellFormed(),
          text: text.toWellFormed(),
          data: attachments.map(({ content }) => content.toString('base64')),
        })
      }),
    )
  })

  it('is a defect if a body has no place for an attachment, or its bytes are not loaded', () => {
    const { content, ...unloaded } = file(Buffer.from('x'))

    expect(() => fillBody('{}', [{ mark: 'attachment.0.', content }])).toThrow(RangeError)
    expect(() => markContents({ ...makePrompt('x'), attachments: [unloaded] })).toThrow(
      'the attachment a is not loaded',
    )
  })
})

describe('markContents', () => {
  it('marks nothing in a prompt without attachments', () => {
    const { attachments: _none, ...prompt } = makePrompt('attachment', { attachments: [] })

    expect(markContents(prompt)).toEqual([])
  })

  const tool = { name: 'add', description: 'attachment', inputSchema: { type: 'object' } }
  const answer = { text: '', finishReason: 'tool-calls', usage: {}, startedAtMs: 0, durationMs: 0 }
  const results = [{ callId: 'call_1', name: 'add', output: 'attachment' }]

  it.each<[string, Partial<Prompt>]>([
    ['the text', { text: 'attachment' }],
    ['a tool', { tools: [tool] }],
    ['the result of a tool', { followUps: [{ answer: answer as Answer, results }] }],
  ])('gives no mark that could stand in %s', (_where, changes) => {
    const attachments = [file(Buffer.from('x'))]
    const [plain] = markContents(makePrompt('Hi', { attachments }))
    const [marked] = markContents(makePrompt('Hi', { attachments, ...changes }))

    expect(plain?.mark).toBe('attachment.0.')
    expect(marked?.mark).toBe('attachment-of-prompt.0.')
  })
})
