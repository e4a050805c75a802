/** An encoding of OpenAI's, by its name in tiktoken. */
export type EncodingName = 'o200k_base' | 'cl100k_base' | 'p50k_base' | 'r50k_base'

/** How the tokens of a model are counted. */
export interface TokenFamily {
  /** The family's name for people. */
  readonly title: string
  readonly encoding: EncodingName
  /** Tokens of the model for each token of the encoding; 1 if the encoding is the model's own. */
  readonly factor: number
  /** Whether the encoding is the model's own, so that texts are counted exactly. */
  readonly isOwn: boolean
  /** Tokens around each message, such as its role. */
  readonly messageTokens: number
  /** Tokens of each call besides its messages. */
  readonly callTokens: number
}

/**
 * Each message is `<|start|>role<|message|>…<|end|>`, and the answer is begun with 3 tokens.
 *
 * @see https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
 */
const chat = { messageTokens: 4, callTokens: 3 }

const own = (encoding: EncodingName): TokenFamily => ({
  ...{ title: 'OpenAI', encoding, factor: 1, isOwn: true },
  ...chat,
})

/**
 * A family whose tokenizer is not here. The factor is the mean over ten kinds of text (English,
 * code, JSON, logs, German, French, Russian, Chinese, Japanese) of the published tokenizer's count
 * ÷ the encoding's; `spec/bench/token-counts.json` has the counts.
 */
const like = (title: string, encoding: EncodingName, factor: number): TokenFamily => ({
  ...{ title, encoding, factor, isOwn: false },
  ...chat,
})

/** The first expression that the lower-case name of a model matches tells its family. */
const families: readonly (readonly [names: RegExp, family: TokenFamily])[] = [
  // The encodings of OpenAI's models: https://github.com/openai/tiktoken/blob/main/tiktoken/model.py
  [/\bgpt-oss/, own('o200k_base')],
  [/\bgpt-3\.5|\bgpt-35|\bgpt-4(?![o.\d])|\b(davinci|babbage)-002\b/, own('cl100k_base')],
  [/\btext-davinci-00[23]\b|\bcode-(davinci|cushman)/, own('p50k_base')],
  [/\btext-(davinci-001|curie|babbage|ada)/, own('r50k_base')],
  [/\bgpt-\d|\bchatgpt|\bo[134]\b|\bcodex/, own('o200k_base')],
  // The published tokenizer of Claude 2 gives 1.06. Claude 3 and later have none; they count some
  // 20 % more than OpenAI's for English and code (Anthropic's count_tokens endpoint is exact).
  [/claude|anthropic/, like('Claude', 'cl100k_base', 1.2)],
  // Numbers are a token for each digit. No messages are wrapped: "hi" counts as 1 token.
  [/gemini/, { ...like('Gemini', 'o200k_base', 1.03), messageTokens: 0, callTokens: 1 }],
  [/gemma/, like('Gemma', 'o200k_base', 1.05)],
  [/deepseek/, like('DeepSeek', 'o200k_base', 1.05)],
  [/qwen|qwq/, like('Qwen', 'o200k_base', 1.09)],
  // 32,000 tokens of SentencePiece.
  [/llama-?2|tinyllama|vicuna|mistral-7b|mixtral/, like('Llama 2', 'cl100k_base', 1.15)],
  [/llama/, like('Llama 3', 'o200k_base', 1.05)],
  [/mistral|ministral|codestral|magistral|pixtral|devstral/, like('Mistral', 'o200k_base', 1.1)],
]

/** Between Qwen and Llama 2. */
const unknown = like('other models', 'o200k_base', 1.15)

/** The family of a model, by its id or by the name that its server knows. */
export function tokenFamily(modelName: string): TokenFamily {
  const name = modelName.toLowerCase()
  return families.find(([names]) => names.test(name))?.[1] ?? unknown
}
