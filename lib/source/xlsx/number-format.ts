/** How a spreadsheet shows a number: as a number, a date, or a time with these parts. */
export type NumberFormat =
  | { readonly kind: 'number' | 'date' }
  | { readonly kind: 'time'; readonly parts: readonly TimePart[] }

/** A part of a time. */
export type TimePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `isElapsed` if the unit counts on: 25 hours instead of 1 hour. `width` is in digits. */
  | { readonly kind: 'unit'; readonly unit: TimeUnit; readonly width: number; isElapsed: boolean }
  /** Digits after the seconds. */
  | { readonly kind: 'fraction'; readonly digits: number }
  /** Hours count to 12, with this word before noon or that word after. */
  | { readonly kind: 'half'; readonly before: string; readonly after: string }

export type TimeUnit = 'hour' | 'minute' | 'second'

const unitNames = { h: 'hour', m: 'minute', s: 'second' } as const

/**
 * What a format consists of: quoted texts, escaped characters, elapsed units, other brackets
 * (colours, languages, conditions), blanks of a width, halves of the day, units, decimals.
 */
const pieces =
  /"(?<quoted>[^"]*)"?|\\(?<escaped>.)|\[(?<elapsed>h+|m+|s+)\]|\[[^\]]*\]?|[_*].|(?<half>AM\/PM|A\/P|上午\/下午|午前\/午後|오전\/오후)|(?<unit>d+|y+|b+|h+|m+|s+)|(?<decimals>\.0+)|(?<end>;)|(?<other>.)/gisu

type Piece = Readonly<Record<string, string | undefined>>

/**
 * Reads the code of a number format, such as `yyyy-mm-dd` or `[h]:mm`. Only its first section
 * counts: the others are for negative numbers, zero and texts.
 *
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1,
 * §18.8.31)
 */
export function parseNumberFormat(code: string): NumberFormat {
  const all = [...code.matchAll(pieces)].map(({ groups = {} }): Piece => groups)
  const end = all.findIndex(piece => piece.end !== undefined)
  const section = end === -1 ? all : all.slice(0, end)
  const units = section.filter(piece => letterOf(piece) !== undefined)
  if (units.length === 0) return { kind: 'number' }
  const isTime = units.every((piece, at) => isTimeUnit(piece, units[at - 1], units[at + 1]))
  if (!isTime) return { kind: 'date' }
  return { kind: 'time', parts: section.flatMap(timePart) }
}

function letterOf({ unit, elapsed }: Piece): string | undefined {
  return (unit ?? elapsed)?.[0]?.toLowerCase()
}

/** After hours and before seconds, `m` stands for minutes; else for a month. */
function isTimeUnit(piece: Piece, before: Piece = {}, after: Piece = {}): boolean {
  if (piece.elapsed !== undefined) return true
  const letter = letterOf(piece)
  if (letter !== 'm') return letter === 'h' || letter === 's'
  if ((piece.unit?.length ?? 0) > 2) return false
  return letterOf(before) === 'h' || letterOf(after) === 's'
}

function timePart(piece: Piece, at: number, section: readonly Piece[]): TimePart[] {
  const { quoted, escaped, elapsed, half, unit, decimals, other } = piece
  const letters = unit ?? elapsed
  if (letters !== undefined) {
    const name = unitNames[letterOf(piece) as keyof typeof unitNames]
    const width = elapsed === undefined ? Math.min(letters.length, 2) : letters.length
    return [{ kind: 'unit', unit: name, width, isElapsed: elapsed !== undefined }]
  }
  if (half !== undefined) {
    const [before = '', after = ''] = half.split('/')
    return [{ kind: 'half', before, after }]
  }
  const isAfterSeconds = letterOf(section[at - 1] ?? {}) === 's'
  if (decimals !== undefined && isAfterSeconds) {
    return [{ kind: 'fraction', digits: decimals.length - 1 }]
  }
  const text = quoted ?? escaped ?? decimals ?? other ?? ''
  // `@` stands for a text, and there is none.
  return text === '' || text === '@' ? [] : [{ kind: 'text', text }]
}
