/**
 * What options do, in lines of 70 characters: llm's words where llm has the option. `llm models
 * --options` shows them.
 */
export const optionTexts: Readonly<Record<string, readonly string[]>> = {
  temperature: [
    'What sampling temperature to use, between 0 and 2. Higher values like',
    '0.8 will make the output more random, while lower values like 0.2 will',
    'make it more focused and deterministic.',
  ],
  max_tokens: ['Maximum number of tokens to generate.'],
  top_p: [
    'An alternative to sampling with temperature, called nucleus sampling,',
    'where the model considers the results of the tokens with top_p',
    'probability mass. So 0.1 means only the tokens comprising the top 10%',
    'probability mass are considered. Recommended to use top_p or',
    'temperature but not both.',
  ],
  frequency_penalty: [
    'Number between -2.0 and 2.0. Positive values penalize new tokens based',
    "on their existing frequency in the text so far, decreasing the model's",
    'likelihood to repeat the same line verbatim.',
  ],
  presence_penalty: [
    'Number between -2.0 and 2.0. Positive values penalize new tokens based',
    "on whether they appear in the text so far, increasing the model's",
    'likelihood to talk about new topics.',
  ],
  stop: ['A string where the API will stop generating further tokens.'],
  logit_bias: [
    'Modify the likelihood of specified tokens appearing in the completion.',
    'Pass a JSON string like \'{"1712":-100, "892":-100, "1489":-100}\'',
  ],
  seed: ['Integer seed to attempt to sample deterministically'],
  json_object: ['Output a valid JSON object {...}. Prompt must mention JSON.'],
  chat_completions: [
    'Force the use of the older /v1/chat/completions endpoint instead of',
    '/v1/responses. Most callers should leave this off; set to true to fall',
    'back to the Chat Completions code path for compatibility.',
  ],
  image_detail: [
    'Controls the detail level for image attachments. Supported values are',
    'low, high, and auto.',
  ],
  reasoning_effort: [
    'Constraints effort on reasoning for reasoning models. Currently',
    'supported values are low, medium, and high. Reducing reasoning effort',
    'can result in faster responses and fewer tokens used on reasoning in a',
    'response.',
  ],
  reasoning_summary: [
    "Requests a summary of the model's reasoning. Supported values are",
    'auto, concise, and detailed.',
  ],
  verbosity: [
    "Controls how verbose the model's response should be. Supported values",
    'are low, medium, and high.',
  ],
  service_tier: [
    "The processing tier to use for this request - for example 'fast' for",
    "Fast mode (faster responses at a higher price) or 'flex' for slower,",
    'cheaper processing on models that support those tiers.',
  ],
  logprobs: ['Include the log probabilities of most likely N per token'],
  top_k: ['Sample only from the K most likely tokens.'],
  user_id: ['An id of the user, which helps the provider to find abuse.'],
  stop_sequences: ['Texts at which the model stops: one text, or a JSON list of texts.'],
  thinking_budget: ['Tokens that the model may spend on thinking.'],
  thinking_level: ['How much the model thinks before it answers.'],
  max_output_tokens: ['Maximum number of tokens to generate.'],
  json_schema: ['A JSON schema. Every answer has its form.'],
  n_ctx: ['Number of tokens for prompt and answer together.'],
}

/** The order in which llm shows options. Others come first. */
export const optionOrder: readonly string[] = [
  'json_object',
  'chat_completions',
  'image_detail',
  'reasoning_effort',
  'reasoning_summary',
  'verbosity',
  'service_tier',
]

/** The models for which llm's `image_detail` may be `original` too. */
export const originalDetail = {
  models: /^gpt-(?:5\.[4-9]|6)/,
  name: 'ImageDetailWithOriginalEnum',
  text: 'Controls the detail level for image attachments. Supported values are low, high, original, and auto.',
} as const
