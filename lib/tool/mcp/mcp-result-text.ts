import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'

type Block = CallToolResult['content'][number]

/**
 * A result as text for the model. Models take texts from tools, so an image, a sound and a file of
 * bytes are named with their type and size.
 *
 * @example
 * mcpResultText({ content: [{ type: 'text', text: 'Sunny' }] }) // 'Sunny'
 */
export function mcpResultText({ content, structuredContent }: CallToolResult): string {
  const texts = content.map(textOf)
  // Servers are asked to repeat structured content as text, and not all do.
  const isTold = content.some(({ type }) => type === 'text')
  if (structuredContent !== undefined && !isTold) texts.push(JSON.stringify(structuredContent))
  return texts.join('\n')
}

function textOf(block: Block): string {
  switch (block.type) {
    case 'text':
      return block.text
    case 'image':
    case 'audio':
      return `[${block.type}: ${block.mimeType}, ${bytesOf(block.data)} bytes]`
    case 'resource_link':
      return `[${[block.title ?? block.name, block.uri, block.description].filter(Boolean).join(', ')}]`
    case 'resource': {
      const { resource } = block
      if ('text' in resource) return resource.text
      const type = resource.mimeType ?? 'a file'
      return `[${resource.uri}: ${type}, ${bytesOf(resource.blob)} bytes]`
    }
  }
}

function bytesOf(base64: string): number {
  return Buffer.byteLength(base64, 'base64')
}
