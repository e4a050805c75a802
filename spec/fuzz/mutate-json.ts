import fc from 'fast-check'

const odd: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1e308,
    1.5,
    '',
    'x',
    'null',
    '7',
    [],
    {},
    [[]],
    [null],
    [{}],
    { text: {} },
  ],
  ...[
    { error: {} },
    { message: 'no', code: 7 },
    ['a', 1, null],
    '\ud800',
    '\u0000\x1b[2J',
    'y'.repeat(3000),
  ],
]

const change = fc.record({
  // Of doubles, half are below 1e-154: nearly all changes would be of the first place.
  at: fc.noBias(fc.integer({ min: 0, max: 999_999 })).map(millionths => millionths / 1e6),
  how: fc.constantFrom('replace', 'remove', 'wrap', 'unwrap', 'twice'),
  value: fc.oneof(fc.constantFrom(...odd), fc.jsonValue()),
})

/**
 * JSON of one of `samples`, with members that are missing, of another type, wrapped, or there
 * twice.
 */
export function mutatedJson(samples: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([sample, changes]) => {
      const top = { value: JSON.parse(sample) }
      for (const { at, how, value } of changes) {
        const places = placesIn(top)
        const place = places[Math.floor(at * places.length)]
        if (place !== undefined) apply(place, how, structuredClone(value))
      }
      return JSON.stringify(top.value) ?? ''
    })
}

interface Place {
  readonly holder: any
  readonly key: string
}

function placesIn(holder: any): Place[] {
  return Object.keys(holder).flatMap(key => {
    const value = holder[key]
    const inside = typeof value === 'object' && value !== null ? placesIn(value) : []
    return [{ holder, key }, ...inside]
  })
}

function apply({ holder, key }: Place, how: string, value: unknown): void {
  const held = holder[key]
  switch (how) {
    case 'replace':
      holder[key] = value
      return
    case 'remove':
      delete holder[key]
      return
    case 'wrap':
      holder[key] = Array.isArray(held) ? { 0: held } : [held]
      return
    case 'unwrap':
      holder[key] = Object.values(Object(held))[0]
      return
    case 'twice':
      holder[key] = Array.isArray(held) ? [...held, ...held] : [held, held]
      return
  }
}
