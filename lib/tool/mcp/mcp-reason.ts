/** Characters of a reason. A server may answer with a whole page. */
const longestReason = 300

/** What the SDK's errors, and those of Node's fetch, mean in words. */
export function mcpReason(error: unknown): string {
  const { name, message = '', code, cause } = (error ?? {}) as NodeJS.ErrnoException
  if (name === 'ZodError') return 'its answer is not MCP'
  if (message === 'fetch failed') return `it cannot be reached: ${mcpReason(cause)}`
  const said = message
    .replace(/^MCP error -?\d+: /, '')
    .replace(/^Streamable HTTP error: |^SSE error: /, '')
    .replace(/^Error POSTing to endpoint: /, `it answered with HTTP ${code}: `)
    .replace(/\s+/g, ' ')
    .trim()
  return (said || String(code ?? name ?? 'no reason is known')).slice(0, longestReason)
}
