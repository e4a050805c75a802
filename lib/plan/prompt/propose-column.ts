import type { RowSource } from '../../port/row-source.js'
import type { ColumnValue, Row } from '../../row/row.js'

/** Rows that are looked at: enough to tell a text from a name. */
const rowsLooked = 128

/** Names of columns that are not what a person wants to ask about. */
const idName = /(^|[\s_.-])(id|uuid|guid|key|hash|sku|no|nr|url|e-?mail|date|time)$/i
/** As `customerId`; `valid` is not one. */
const camelIdName = /[a-z](Id|ID)$/

/**
 * The column to name in an example of a template: the one with the longest texts, not an id.
 *
 * Takes the first rows from the source, so only for a plan that is refused. Standard input is not
 * read, because its rows may be long in coming: the names alone decide.
 */
export async function proposeColumn({ rows, columns, path }: RowSource): Promise<string> {
  const seen = path === '-' ? [] : await firstRows(rows)
  return longestColumn(columns, seen)
}

/** Exported for its spec. */
export function longestColumn(columns: readonly string[], rows: readonly Row[]): string {
  const rated = columns.map(name => {
    const texts = rows.map(row => textOf(row.columns[name]))
    const length = texts.reduce((sum, text) => sum + text.length, 0)
    const isId = idName.test(name.trim()) || camelIdName.test(name.trim())
    const isProse = texts.some(text => /\S\s+\S/.test(text))
    return { name, rank: (isId ? 0 : 2) + (isProse ? 1 : 0), length }
  })
  const [best] = rated.sort((a, b) => b.rank - a.rank || b.length - a.length)
  return best?.name ?? ''
}

async function firstRows(source: RowSource['rows']): Promise<readonly Row[]> {
  const seen: Row[] = []
  try {
    for await (const group of source as AsyncIterable<readonly Partial<Row>[]>) {
      // A bad record has no columns.
      seen.push(...group.filter((record): record is Row => record.columns !== undefined))
      if (seen.length >= rowsLooked) break
    }
  } catch {
    // What is wrong with a later row is not what is reported now.
  }
  return seen
}

function textOf(value: ColumnValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
