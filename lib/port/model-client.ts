import type { Ask } from './ask.js'

/** One model, ready to be asked. One attempt per ask: no retry, no pacing, no limit of its own. */
export interface ModelClient {
  /** The id llm knows it by, such as `gpt-4o-mini`; goes into the log and the prompt's hash. */
  readonly id: string
  /** Key name or provider, as a message may show it. */
  readonly provider: string
  readonly ask: Ask
  /** Lets go of sockets. Asks still running may fail. */
  readonly close: () => Promise<void>
}
