import type { ToolSpec } from '../../row/tool-call.js'
import type { ServerWire } from '../catalog/model-reference.js'

/**
 * The members of a request that offer tools to the model, in the form of its wire. The model is
 * free to call them or not, which is each wire's default.
 *
 * The schemas go unchanged. So they are not strict: the Responses API is strict unless told
 * otherwise, and would refuse a schema with optional properties.
 *
 * @returns no members if there are no tools, or the wire has no place for them.
 * @see https://platform.openai.com/docs/guides/function-calling
 * @see https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
 * @see https://ai.google.dev/api/caching#FunctionDeclaration (`parametersJsonSchema`)
 */
export function offerTools(
  wire: ServerWire,
  tools: readonly ToolSpec[] | undefined,
): Readonly<Record<string, unknown>> {
  if (tools === undefined || tools.length === 0) return {}
  switch (wire) {
    case 'openai-chat':
    case 'openai-compatible':
      return { tools: tools.map(tool => ({ type: 'function', function: openaiFunction(tool) })) }
    case 'openai-responses':
      return {
        tools: tools.map(tool => ({ type: 'function', ...openaiFunction(tool), strict: false })),
      }
    case 'anthropic':
      return {
        tools: tools.map(({ name, description, inputSchema: input_schema }) => ({
          ...{ name, description, input_schema },
        })),
      }
    case 'google': {
      const functionDeclarations = tools.map(({ name, description, inputSchema }) => ({
        ...{ name, description, parametersJsonSchema: inputSchema },
      }))
      return { tools: [{ functionDeclarations }] }
    }
    case 'openai-completion':
      return {}
  }
}

function openaiFunction({ name, description, inputSchema: parameters }: ToolSpec): object {
  return { name, description, parameters }
}
