import fc from 'fast-check'

/**
 * One thing that happens to bytes: places are shares of their length, so that shrinking them means
 * something.
 */
interface Mutation {
  readonly kind: 'flip' | 'cut' | 'insert' | 'duplicate' | 'end' | 'replace'
  readonly at: number
  readonly length: number
  readonly piece: Buffer
}

/** What formats, servers and spreadsheets trip over. */
const pieces: readonly Buffer[] = [
  ...['"', '""', '\\', '\\u', '\\ud800', '{', '}', '[', ']', '[[[[', ',', ':', '\n', '\r', '\r\n'],
  ...['\t', '\0', '\u2028', '\ufeff', '\u202e', '\u0007', '\x1b[2J', '<', '>', '</', '&', '&nbsp;'],
  ...[
    '&#0;',
    '<!--',
    '<![CDATA[',
    '<!DOCTYPE x [',
    ']]>',
    '-',
    '+1',
    '1e999',
    '-0',
    '0'.repeat(400),
  ],
  ...[
    '9'.repeat(400),
    'null',
    'true',
    'NaN',
    '__proto__',
    'constructor',
    '"error":{',
    '$',
    '${',
    '%',
  ],
  ...[
    '!fragment ',
    '{{',
    '}}',
    '*a',
    '&a ',
    '- ',
    '!!binary ',
    '? ',
    'x'.repeat(5000),
    '😀',
    'é',
    '['.repeat(12_000),
    '{"a":'.repeat(12_000),
  ],
].map(text => Buffer.from(text))
const bytePieces = [
  [0xff],
  [0xc3],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0xef, 0xbb, 0xbf],
  [0xed, 0xa0, 0x80],
]

const share = fc.double({ min: 0, max: 1, noNaN: true })
const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'cut', 'insert', 'duplicate', 'end', 'replace'),
  at: share,
  length: fc.oneof({ weight: 3, arbitrary: fc.double({ min: 0, max: 0.02, noNaN: true }) }, share),
  piece: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom(...pieces, ...bytePieces.map(bytes => Buffer.from(bytes))),
    },
    fc.uint8Array({ minLength: 1, maxLength: 8 }).map(bytes => Buffer.from(bytes)),
  ),
})

/** How the whole is written, seldom otherwise than it was. */
const writing = fc.constantFrom<(bytes: Buffer) => Buffer>(
  ...Array.from({ length: 8 }, () => (bytes: Buffer) => bytes),
  bytes => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]),
  bytes => Buffer.from(bytes.toString(), 'utf16le'),
  bytes => Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le'),
  bytes => Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le').swap16(),
)

/** Bytes of one of `samples`, with a few things done to them. */
export function mutated(samples: readonly (string | Uint8Array)[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(
      fc.constantFrom(...samples.map(sample => Buffer.from(sample))),
      fc.array(mutation, { maxLength: 6 }),
      writing,
    )
    .map(([sample, mutations, write]) => write(mutations.reduce(mutate, sample)))
}

/** The same, as a text. */
export function mutatedText(samples: readonly string[]): fc.Arbitrary<string> {
  return mutated(samples).map(bytes => bytes.toString())
}

function mutate(bytes: Buffer, { kind, at, length, piece }: Mutation): Buffer {
  const start = Math.floor(at * bytes.length)
  const end = Math.min(bytes.length, start + 1 + Math.floor(length * bytes.length))
  const [before, part, after] = [
    bytes.subarray(0, start),
    bytes.subarray(start, end),
    bytes.subarray(end),
  ]
  switch (kind) {
    case 'flip':
      return Buffer.concat([before, part.map(byte => byte ^ (piece[0] ?? 1)), after])
    case 'cut':
      return Buffer.concat([before, after])
    case 'insert':
      return Buffer.concat([before, piece, part, after])
    case 'duplicate':
      return Buffer.concat([before, part, part, after])
    case 'end':
      return Buffer.from(before)
    case 'replace':
      return Buffer.concat([before, piece, after])
  }
}
