import fc from 'fast-check'
import type { ModelOptions } from '../../lib/row/prompt.js'
import type { ToolSpec } from '../../lib/row/tool-call.js'
import { promptHash } from '../../lib/template/prompt-hash.js'

describe('promptHash', () => {
  it.each([
    [
      { model: 'gpt-4o-mini', text: 'Hello', options: {} },
      'a4503b1d5d4cb7ab1d98f9cff2c7e71df94d8b0a8a0184790ba04d7f77fcd39c',
    ],
    [
      { model: 'gpt-4o-mini', text: 'Hello', options: {}, system: '' },
      'fa33259c01544d8a234884121dcea8f18e47d6c3e48b002898ee0fc4b4cda9fb',
    ],
    [
      {
        model: 'claude-sonnet',
        system: 'Be kind.',
        text: 'Grüße, 世界 😀 \ud800\n',
        options: {
          temperature: 0.2,
          logit_bias: { '50256': -100, '7': 1, a: [1, { z: 1, b: 2 }] },
        },
      },
      '74d42f40e7a9b566abbcf6ccedbffe637d379774fae05a6640140adb54714329',
    ],
  ])('gives the hash it has always given for %j', (input, hash) => {
    expect(hashOf(input)).toBe(hash)
  })

  it('does not depend on the order in which options were given', () => {
    const one = hashOf({ model: 'm', text: 't', options: { a: 1, b: { c: 2, d: 3 } } })
    const other = hashOf({ model: 'm', text: 't', options: { b: { d: 3, c: 2 }, a: 1 } })

    expect(one).toBe(other)
  })

  it('does not depend on the order in which tools were given', () => {
    const tool = (name: string): ToolSpec => ({
      ...{ name, description: name, inputSchema: { type: 'object' } },
    })
    const [add, see, zip] = [tool('add'), tool('see'), tool('zip')] as const
    const hashWith = (...tools: readonly ToolSpec[]) =>
      promptHash({ model: 'm', options: {}, tools }).ofText('t', undefined)

    expect(hashWith(add, see, zip)).toBe(hashWith(zip, add, see))
    expect(hashWith(add, see, zip)).toBe(hashWith(see, zip, add))
    expect(hashWith(add, see)).not.toBe(hashWith(add, zip))
  })

  it('takes an absent system prompt as none', () => {
    const input = { model: 'm', text: 't', options: {} }

    expect(hashOf({ ...input, system: undefined })).toBe(hashOf(input))
  })

  it('covers the ids and types of attachments, and their order', () => {
    const hash = promptHash({ model: 'm', options: {} }).ofText
    const [a, b] = [
      { id: 'a', type: 'image/png' },
      { id: 'b', type: 'image/png' },
    ]
    const lists = [undefined, [a], [b], [a, b], [b, a], [{ ...a, type: 'image/gif' }], [a, a]]

    const hashes = lists.map(list => hash('t', undefined, list))

    expect(new Set(hashes).size).toBe(lists.length)
    expect(hash('t', undefined, [{ ...a, path: '/one.png' } as typeof a])).toBe(hashes[1])
    expect(hashes[1]).toBe('fd7b33c472054ea42b3c8a685624bcddfcae47a720a83695930d323bbf4fb016')
  })

  it('tells different prompts apart', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', ':', '\\', '{') })
    fc.assert(
      fc.property(fc.tuple(field, field, field), fc.tuple(field, field, field), (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other)
        expect(hashOfTexts(one) === hashOfTexts(other)).toBe(isSame)
      }),
    )
  })
})

function hashOfTexts([model, system, text]: [string, string, string]): string {
  return hashOf({ model, system, text, options: {} })
}

interface Asked {
  readonly model: string
  readonly options: Record<string, unknown>
  readonly text: string
  readonly system?: string | undefined
}

function hashOf({ model, options, text, system }: Asked): string {
  return promptHash({ model, options: options as ModelOptions }).ofText(text, system)
}
