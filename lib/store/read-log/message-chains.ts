import type { Statements } from '../database/database.js'

/** A message of llm's message store, without its parts. */
export interface MessageLink {
  readonly hash: string
  readonly role: string
  readonly parent: MessageLink | undefined
}

/** The messages that belong to one call. */
export interface CallLinks {
  /** The system message at the start of the chain. */
  readonly system: MessageLink | undefined
  /** What was new in this call: the user's and the tools' messages at the end of its input. */
  readonly asked: readonly MessageLink[]
  readonly answered: readonly MessageLink[]
}

interface MessageRow {
  readonly hash: string
  readonly parent_hash: string | null
  readonly role: string
}

/** All ancestors of the given messages. `UNION` ends a circle. */
const selectChains = `
  WITH RECURSIVE chain(hash, parent_hash, role) AS (
    SELECT messages.hash, messages.parent_hash, messages.role
    FROM json_each(?) AS wanted CROSS JOIN messages ON messages.hash = wanted.value
    UNION
    SELECT messages.hash, messages.parent_hash, messages.role
    FROM chain CROSS JOIN messages ON messages.hash = chain.parent_hash)
  SELECT hash, parent_hash, role FROM chain`

/**
 * Loads the chains that end at some messages.
 *
 * @param hashes the messages before and after a number of calls.
 * @returns the messages of a call; undefined if some of its chain are missing, or are a circle.
 */
export async function loadMessageChains(
  database: Statements,
  hashes: Iterable<string>,
): Promise<(before: string | null, after: string | null) => CallLinks | undefined> {
  const rows = await database.all<MessageRow>(selectChains, [JSON.stringify([...new Set(hashes)])])
  const links = linksOf(rows)

  return (before, after) => {
    const input = before === null ? undefined : links.get(before)
    const end = after === null ? undefined : links.get(after)
    if ((before !== null && input === undefined) || (after !== null && end === undefined)) {
      return undefined
    }
    const first = firstOf(input)
    return {
      system: first?.role === 'system' ? first : undefined,
      asked: takeBack(input, ({ role }) => role === 'user' || role === 'tool'),
      answered: answersAfter(input, end),
    }
  }
}

/** Links messages from the root on. A message with a missing ancestor gets no link. */
function linksOf(rows: readonly MessageRow[]): ReadonlyMap<string, MessageLink> {
  const links = new Map<string, MessageLink>()
  const childrenOf = new Map<string, MessageRow[]>()
  const waiting: MessageRow[] = []
  for (const row of rows) {
    if (row.parent_hash === null) waiting.push(row)
    else {
      const children = childrenOf.get(row.parent_hash)
      if (children === undefined) childrenOf.set(row.parent_hash, [row])
      else children.push(row)
    }
  }
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    const parent = row.parent_hash === null ? undefined : links.get(row.parent_hash)
    links.set(row.hash, { hash: row.hash, role: row.role, parent })
    for (const child of childrenOf.get(row.hash) ?? []) waiting.push(child)
  }
  return links
}

/** The answer of a call: what its chain has more than the chain before. */
function answersAfter(
  input: MessageLink | undefined,
  end: MessageLink | undefined,
): readonly MessageLink[] {
  const answered = takeBack(end, link => link !== input)
  if (answered[0]?.parent === input) return answered
  // llm cuts by length, which differs only if the one chain does not continue the other.
  return answered.slice(lengthOf(input))
}

/** The messages at the end of a chain, as long as `isTaken`, the oldest first. */
function takeBack(
  end: MessageLink | undefined,
  isTaken: (link: MessageLink) => boolean,
): readonly MessageLink[] {
  const taken: MessageLink[] = []
  for (let link = end; link !== undefined && isTaken(link); link = link.parent) taken.push(link)
  return taken.reverse()
}

function firstOf(end: MessageLink | undefined): MessageLink | undefined {
  let first = end
  while (first?.parent !== undefined) first = first.parent
  return first
}

function lengthOf(end: MessageLink | undefined): number {
  return takeBack(end, () => true).length
}
