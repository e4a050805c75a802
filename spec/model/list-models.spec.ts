import { resolveModel } from '../../lib/model/catalog/resolve-model.js'
import { listedLine, listModels } from '../../lib/model/list-models.js'

describe('listModels', () => {
  const names = {
    aliases: new Map([['fast', 'gpt-4o-mini']]),
    ggufModels: [],
    extraModels: [
      {
        model_id: 'mine',
        model_name: 'm',
        aliases: ['my'],
        headers: {},
        completion: false,
        responses: false,
        reasoning: false,
      },
      {
        model_id: 'base',
        model_name: 'b',
        aliases: [],
        headers: {},
        completion: true,
        responses: false,
        reasoning: false,
      },
    ],
  }
  const lines = listModels(names, []).map(listedLine)

  it('prints a model as llm does, with its aliases and the user’s', () => {
    expect(lines[0]).toBe('OpenAI Chat: gpt-4o (aliases: 4o)')
    expect(lines).toContain('OpenAI Chat: gpt-4o-mini (aliases: 4o-mini, fast)')
    expect(lines).toContain('OpenAI Responses: gpt-5')
    expect(lines).toContain(
      'OpenAI Completion: gpt-3.5-turbo-instruct (aliases: 3.5-instruct, chatgpt-instruct)',
    )
    expect(lines).toContain('OpenAI Chat: mine (aliases: my)')
    expect(lines).toContain('OpenAI Completion: base')
    expect(lines).toContain('Ollama: ollama/NAME')
    expect(lines).toContain('Echo: echo')
  })

  it('lists only names that resolveModel finds', () => {
    const ids = lines
      .map(line => /: (\S+)/.exec(line)?.[1] ?? '')
      .filter(id => !['mine', 'base'].includes(id))
    for (const id of ids) {
      expect(
        resolveModel(id, { aliases: new Map(), extraModels: [], ggufModels: [] }).apiName,
      ).not.toBe('')
    }
  })
})
