import { stringifyJson } from '../../row/exact-json.js'
import { type Message, messageText } from '../../row/message.js'
import type { ColumnValue } from '../../row/row.js'
import type { ChainedMessage } from '../llm-log/message-hashes.js'

export interface ChainCellsOptions {
  readonly messages: readonly Message[]
  readonly chain: readonly ChainedMessage[]
  /** Whether the database has llm's message store. Its older tables keep the messages as sent. */
  readonly isMessageStore: boolean
}

/** The cells `chain` and `given_messages` of a prompt with the messages of its row. */
export function chainCells(options: ChainCellsOptions): readonly unknown[] {
  const { messages, chain, isMessageStore } = options
  if (isMessageStore) return [chain.length === 0 ? null : chain, null]
  const given = messages.map(
    ({ role, parts, given }) => given ?? { role, content: messageText({ parts }) },
  )
  return [null, stringifyJson({ messages: withoutBytes(given) })]
}

/** The cells `asked`, `pieces`, `searched` and `fragments`. llm searches only what a user said. */
export function askedInChain(chain: readonly ChainedMessage[]): readonly unknown[] {
  const [, , role, texts = []] = chain.at(-1) ?? []
  return [null, null, role === 'user' ? texts.join('') : '', null]
}

/** llm keeps no bytes of images in `prompt_json` either: it writes `data:...` for them. */
function withoutBytes(value: ColumnValue): ColumnValue {
  if (typeof value === 'string') return value.startsWith('data:') ? 'data:...' : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutBytes)
  const members = Object.entries(value)
  return Object.fromEntries(members.map(([name, member]) => [name, withoutBytes(member)]))
}
