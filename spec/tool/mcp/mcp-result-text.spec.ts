import { mcpResultText } from '../../../lib/tool/mcp/mcp-result-text.js'

describe('mcpResultText', () => {
  const bytes = Buffer.from('12345').toString('base64')

  it.each([
    [
      [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      'a\nb',
    ],
    [[{ type: 'image', mimeType: 'image/png', data: bytes }], '[image: image/png, 5 bytes]'],
    [[{ type: 'audio', mimeType: 'audio/wav', data: bytes }], '[audio: audio/wav, 5 bytes]'],
    [[{ type: 'resource', resource: { uri: 'file:///a.txt', text: 'in it' } }], 'in it'],
    [
      [
        {
          type: 'resource',
          resource: { uri: 'file:///a.gz', mimeType: 'application/gzip', blob: bytes },
        },
      ],
      '[file:///a.gz: application/gzip, 5 bytes]',
    ],
    [
      [{ type: 'resource', resource: { uri: 'file:///a', blob: bytes } }],
      '[file:///a: a file, 5 bytes]',
    ],
    [
      [{ type: 'resource_link', uri: 'file:///a.txt', name: 'a.txt', description: 'A file' }],
      '[a.txt, file:///a.txt, A file]',
    ],
    [[], ''],
  ])('writes %j as text', (content, text) => {
    expect(mcpResultText({ content } as any)).toBe(text)
  })

  it('writes structured content as JSON if the server does not', () => {
    const structuredContent = { degrees: 33 }

    expect(mcpResultText({ content: [], structuredContent })).toBe('{"degrees":33}')
    const content = [{ type: 'text' as const, text: '33 degrees' }]
    expect(mcpResultText({ content, structuredContent })).toBe('33 degrees')
  })
})
