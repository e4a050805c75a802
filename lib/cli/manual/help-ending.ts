/** A name and what it means. */
export type EndingEntry = readonly [name: string, about: string]

/** The end of the help and of each man page. */
export interface EndingGroup {
  readonly title: string
  readonly entries: readonly EndingEntry[]
}

export const endingGroups: readonly EndingGroup[] = [
  {
    title: 'Exit codes',
    entries: [
      ['0', 'every row was answered, or the reader closed the pipe'],
      ['1', "some rows failed; or what was named in llm's files is not there"],
      ['2', 'what was asked is wrong, and nothing was called'],
      ['3', 'the run was stopped; the last line says how to resume it'],
      ['70', 'a defect of this program'],
      ['130', 'interrupted; calls in flight were recorded'],
    ],
  },
  {
    title: 'Environment',
    entries: [
      ['OPENAI_API_KEY, …', 'keys of providers; also ANTHROPIC_API_KEY, GEMINI_API_KEY and so on'],
      ['OPENAI_BASE_URL, …', 'the server to call for a provider, as http://127.0.0.1:8000/v1'],
      ['LLM_MODEL', 'the model without --model'],
      ['LLM_BATCH_CONCURRENCY', 'as --concurrency'],
      ['LLM_BATCH_RATE_LIMIT', 'as --rate-limit'],
      ['LLM_BATCH_TOKEN_LIMIT', 'as --token-limit'],
      ['LLM_BATCH_CONFIG', 'the configuration file'],
      ['LLM_USER_PATH', "llm's folder"],
      ['LLM_MODELS_PATH', 'the folder for models in files'],
      ['LLM_RAISE_ERRORS', 'if set, errors are shown with their stack'],
      ['HTTPS_PROXY, NO_PROXY', 'the proxy for calls, and what goes round it'],
      ['NO_COLOR, FORCE_COLOR', 'whether colours are used; TERM=dumb turns the progress line off'],
      ['TMPDIR', 'the folder for rows that wait'],
    ],
  },
  {
    title: 'Files',
    entries: [
      ['~/.llm/batch-config.yaml', 'the configuration; see llm batch config'],
      ['logs.db', "in llm's folder: all answers and batches; see llm logs path"],
      ['keys.json', 'there too: the keys; see llm keys path'],
      ['aliases.json, templates/', 'there too: short names of models, and saved templates'],
    ],
  },
]

export const link = 'More about llm, whose files these are: https://llm.datasette.io'
