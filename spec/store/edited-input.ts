import fc from 'fast-check'

/** Few texts, so that many prompts are equal. */
export const promptTexts = fc.constantFrom(...'abcdefghijkl')

const place = fc.nat(30)
const edit = fc.oneof(
  fc.tuple(place, promptTexts).map(([at, text]) => insert(at, text)),
  place.map(at => (rows: string[]) => rows.filter((_, index) => index !== at)),
  fc.tuple(place, promptTexts).map(
    ([at, text]) =>
      (rows: string[]) =>
        replace(rows, at, text),
  ),
  place.map(at => (rows: string[]) => insert(at, rows[at] ?? 'a')(rows)),
  fc.constant((rows: string[]) => [...rows].reverse()),
)

/** Changes to an input: rows inserted, deleted, rewritten, doubled, reordered; often none. */
export const edits = fc.oneof(
  fc.constant((rows: string[]) => rows),
  fc
    .array(edit, { maxLength: 4 })
    .map(all => (rows: string[]) => all.reduce((before, change) => change(before), rows)),
)

function insert(at: number, text: string) {
  return (rows: string[]) => [...rows.slice(0, at), text, ...rows.slice(at)]
}

function replace(rows: string[], at: number, text: string): string[] {
  return rows.map((before, index) => (index === at ? text : before))
}
