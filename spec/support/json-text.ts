import fc from 'fast-check'
import { anyCharacter } from './any-character.js'

/** Numbers as people and programs write them. */
const writtenNumber = fc.oneof(
  fc.constantFrom('0', '-0', '0.0', '1.10', '-2.50', '1e5', '1E+5', '1e-7', '0.0000001', '100.00'),
  fc.constantFrom('12345678901234567890', '-9007199254740993', '3.14159265358979323846'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => JSON.stringify(value)),
  fc
    .tuple(fc.nat(), fc.stringMatching(/^\d{1,20}$/))
    .map(([whole, fraction]) => `${whole}.${fraction}`),
)

const name = fc.oneof(
  fc.nat({ max: 12 }).map(String),
  fc.constantFrom(
    'a',
    'b',
    'a.b',
    '01',
    '4294967295',
    '9999999999',
    '#',
    '#1',
    '',
    '"',
    '__proto__',
  ),
  fc.string({ unit: anyCharacter, maxLength: 4 }),
)

/** The text of a JSON value without white space, of any depth and with keys of any name, each once. */
function jsonText(): fc.Arbitrary<string> {
  return fc.letrec<{ value: string }>(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      writtenNumber,
      fc.oneof(fc.string({ unit: anyCharacter }), writtenNumber).map(text => JSON.stringify(text)),
      fc.constantFrom('true', 'false', 'null'),
      fc.array(tie('value'), { maxLength: 4 }).map(parts => `[${parts.join(',')}]`),
      objectText(tie('value')),
    ),
  })).value
}

/** JSON objects without white space. */
export function objectText(value: fc.Arbitrary<string> = jsonText()): fc.Arbitrary<string> {
  return fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 6 })
    .map(members => `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`)
}
