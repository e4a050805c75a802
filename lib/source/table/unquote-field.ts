/**
 * The text of a field that has blanks before its quotes, or something after them. The blanks are
 * dropped. A text after the quotes is kept, as spreadsheets do: `"two" or so` is `two or so`.
 */
export function unquoteField(field: string): string {
  const open = field.indexOf('"')
  let close = field.indexOf('"', open + 1)
  while (field[close + 1] === '"') close = field.indexOf('"', close + 2)
  const after = field.slice(close + 1)
  return singleQuotes(field.slice(open + 1, close)) + (after.trim() === '' ? '' : after)
}

/** A text with each doubled quote as one. */
export function singleQuotes(text: string): string {
  return text.replaceAll('""', '"')
}
