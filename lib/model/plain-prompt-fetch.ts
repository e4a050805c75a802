import type { Fetch } from './transport-fetch.js'

/** What the AI SDK puts around the one message of a prompt for the old completions endpoint. */
const before = 'user:\n'
const after = '\n\nassistant:\n'

/**
 * A `fetch` for the SDK's model of the old completions endpoint that sends the prompt as it is.
 *
 * The SDK writes it as a dialogue, and has the model stop where the user would speak next. That endpoint completes
 * a text, and llm gives it the user's own: another text gets another answer.
 */
export function plainPromptFetch(fetch: Fetch): Fetch {
  return (url, init) => fetch(url, { ...init, body: withPlainPrompt(init?.body as string) })
}

/** The body is written anew, which is cheap here: such models read a few thousand tokens. */
function withPlainPrompt(body: string): string {
  const { prompt, stop: _stop, ...same } = JSON.parse(body) as { prompt: string; stop: unknown }
  return JSON.stringify({ ...same, prompt: prompt.slice(before.length, -after.length) })
}
