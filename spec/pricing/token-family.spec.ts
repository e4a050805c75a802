import { readFile } from 'node:fs/promises'
import { loadTokenizer } from '../../lib/pricing/load-tokenizer.js'
import { tokenFamily } from '../../lib/pricing/token-family.js'

const recorded = await readFile(`${import.meta.dirname}/../bench/token-counts.json`, 'utf8')
const { texts } = JSON.parse(recorded) as {
  readonly texts: readonly { readonly text: string; readonly counts: Record<string, number> }[]
}

describe('tokenFamily', () => {
  it.each([
    ['gpt-4o-mini', 'o200k_base'],
    ['gpt-4.1-nano', 'o200k_base'],
    ['gpt-5.2 gpt-5.2-2025-12-11', 'o200k_base'],
    ['o3-mini', 'o200k_base'],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc', 'o200k_base'],
    ['openrouter/openai/gpt-oss-120b', 'o200k_base'],
    ['gpt-4', 'cl100k_base'],
    ['gpt-4-turbo-2024-04-09', 'cl100k_base'],
    ['gpt-3.5-turbo', 'cl100k_base'],
    ['gpt-3.5-turbo-instruct', 'cl100k_base'],
    ['openai/davinci-002', 'cl100k_base'],
  ])("counts %s with the model's own encoding %s", (name, encoding) => {
    expect(tokenFamily(name)).toMatchObject({ encoding, factor: 1, isOwn: true })
  })

  it.each([
    ['claude-haiku', 'Claude'],
    ['anthropic/claude-sonnet-4-5', 'Claude'],
    ['gemini-2.5-flash', 'Gemini'],
    ['ollama/gemma3:4b', 'Gemma'],
    ['ollama/llama3.2', 'Llama 3'],
    ['together/meta-llama/Llama-3.3-70B-Instruct-Turbo', 'Llama 3'],
    ['together/meta-llama/Llama-2-7b-chat-hf', 'Llama 2'],
    ['mistral/mistral-small-latest', 'Mistral'],
    ['deepseek/deepseek-chat', 'DeepSeek'],
    ['gguf:/models/Qwen3-4B-Q4_K_M.gguf', 'Qwen'],
    ['xai/grok-4', 'other models'],
    // A model whose name merely holds the letters of another.
    ['lmstudio/proto3-large', 'other models'],
  ])('counts %s by the factor of %s', (name, title) => {
    const { isOwn, factor, title: found } = tokenFamily(name)

    expect({ isOwn, found }).toEqual({ isOwn: false, found: title })
    expect(factor).toBeGreaterThan(1)
    expect(factor).toBeLessThan(1.5)
  })
})

describe('the factor of a family', () => {
  it.each([
    ['gemini-1.5-flash', 'gemini-1.5', 'gpt-4o-mini'],
    ['ollama/gemma3', 'gemma-3', 'gpt-4o-mini'],
    ['ollama/llama2', 'llama-2', 'gpt-4'],
    ['ollama/llama3.1', 'llama-3.1', 'gpt-4o-mini'],
    ['deepseek/deepseek-chat', 'deepseek-v3', 'gpt-4o-mini'],
    ['ollama/qwen3', 'qwen-3', 'gpt-4o-mini'],
  ] as const)('of %s is the mean over the recorded counts', (model, tokenizer, encoding) => {
    const ratios = texts.map(({ counts }) => (counts[tokenizer] ?? 0) / (counts[encoding] ?? 1))
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length

    expect(tokenFamily(model).factor).toBeCloseTo(mean, 1)
  })

  it.each([
    ['gpt-4o-mini', 'gpt-4o-mini'],
    ['gpt-4', 'gpt-4'],
  ] as const)('of %s is 1: its encoding counts as recorded', async (model, tokenizer) => {
    const count = await loadTokenizer(tokenFamily(model).encoding)

    for (const { text, counts } of texts) expect(count(text)).toBe(counts[tokenizer])
  })
})
