/** A fence of backticks at the start of a line. */
interface Fence {
  readonly ticks: string
  /** Where the line starts, and where the next line starts. */
  readonly start: number
  readonly next: number
  /** Whether a block may begin here: only a language follows. */
  readonly opens: boolean
  /** Whether a block may end here: only spaces follow. */
  readonly closes: boolean
}

const letter = /^\w$|^[\p{L}\p{N}]$/u

/**
 * llm's `--extract`: the content of the first (or last) block of Markdown between two fences of the
 * same length. Returns undefined if the text has no such block.
 */
export function fencedBlock(text: string, { isLast = false } = {}): string | undefined {
  let found: string | undefined
  const fences = fencesOf(text)
  const closing = closingFences(fences)
  for (let at = 0; at < fences.length; at += 1) {
    const open = fences[at] as Fence
    const end = open.opens ? closing[at] : undefined
    if (end === undefined) continue
    found = text.slice(open.next, (fences[end] as Fence).start)
    if (!isLast) return found
    at = end
  }
  return found
}

/** For each fence, the index of the next fence of its length that can close it. */
function closingFences(fences: readonly Fence[]): readonly (number | undefined)[] {
  const nextByTicks = new Map<string, number>()
  const closing: (number | undefined)[] = new Array(fences.length)
  for (let at = fences.length - 1; at >= 0; at -= 1) {
    const { ticks, closes } = fences[at] as Fence
    closing[at] = nextByTicks.get(ticks)
    if (closes) nextByTicks.set(ticks, at)
  }
  return closing
}

function fencesOf(text: string): readonly Fence[] {
  const fences: Fence[] = []
  for (let start = 0; start < text.length; ) {
    const lineEnd = text.indexOf('\n', start)
    const next = lineEnd === -1 ? text.length : lineEnd + 1
    if (text.startsWith('```', start)) fences.push(fenceAt(text, start, next))
    start = next
  }
  return fences
}

function fenceAt(text: string, start: number, next: number): Fence {
  let end = start
  while (text[end] === '`') end += 1
  const hasEnd = text[next - 1] === '\n'
  let rest = text.slice(end, hasEnd ? next - 1 : next)
  if (hasEnd && rest.endsWith('\r')) rest = rest.slice(0, -1)
  return {
    ticks: text.slice(start, end),
    start,
    next,
    opens: hasEnd && [...rest].every(character => letter.test(character)),
    closes: [...rest].every(character => character === ' '),
  }
}
