import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { takesSchemaWithTools } from '../../../lib/model/catalog/schema-with-tools.js'

describe('takesSchemaWithTools', () => {
  it.each<[string, boolean]>([
    ['gpt-4o', true],
    ['gpt-5', true],
    ['claude-haiku', true],
    ['gemini-3.8-flash', true],
    ['gemini-flash-latest', true],
    ['gemini-2.5-pro', false],
    ['groq/llama-3', false],
    ['ollama/llama3.2', false],
    ['3.5-instruct', false],
  ])('knows of %s: %s', (name, isTaken) => {
    const model = resolveModel(name, { aliases: new Map(), extraModels: [], ggufModels: [] })

    expect(takesSchemaWithTools(model)).toBe(isTaken)
  })
})
