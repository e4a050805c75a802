import type { Endpoint } from './endpoint.js'
import type { Refusal, Verdict } from './provider-error.js'

/**
 * - Ollama: `gemma3:4b does not support tools`; DeepSeek, Fireworks, xAI in like words
 * - OpenAI: `'tools' is not supported with this model`; Groq: `tool calling` in like words; Google:
 *   `Function calling is not enabled for models/gemma-3-27b-it`
 * - OpenRouter: `No endpoints found that support tool use`
 * - vLLM: `"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set`;
 *   llama.cpp: `tools param requires --jinja flag`
 * - older servers: `Unrecognized request argument supplied: tools`, `tools: Extra inputs are not
 *   permitted`
 */
const noTools: readonly RegExp[] = [
  /(?:\bnot|n't) support (?:the )?(?:use of )?['"`]?(?:tools?|functions?)\b/gi,
  /\b(?:tools?|functions?)(?:[ _-](?:use|calls?|calling|choice))?['"`]? (?:is|are) (?:not |un)(?:supported|enabled|available)/gi,
  /\bno endpoints found that support tool use\b/gi,
  /--(?:enable-auto-tool-choice|tool-call-parser|jinja)\b/gi,
  /\bunrecognized request arguments? supplied: tools\b/gi,
  /\btools: extra (?:inputs|fields) (?:are )?not permitted/gi,
]

/** Tools and a schema for the answer at once: without the schema, the server may take them. */
const withSchema = /response[ _](?:format|mime|schema)|\bjson[ _](?:mode|schema)|\bgrammar/gi

/**
 * Judges whether a reply refuses tools, whatever the row says. The words decide: statuses are 400,
 * 404 (OpenRouter), 422 and 500 (llama.cpp).
 *
 * @returns undefined if the reply does not, or none were offered.
 */
export function judgeTools(
  { reply, says, hasTools }: Refusal,
  { modelName, providerTitle }: Endpoint,
): Verdict | undefined {
  if (!hasTools || reply.status < 400) return undefined
  if (!noTools.some(says) || says(withSchema)) return undefined
  return {
    code: 'MODEL_UNUSABLE',
    reach: 'run',
    mayBeOfRow: true,
    what: `${modelName} at ${providerTitle} cannot call tools`,
    remedy:
      "Leave out the tools, or use another model: 'llm models --tools' lists some. A server of your own may need an option to take tools.",
  }
}
