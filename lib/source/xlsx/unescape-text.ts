/**
 * The text of a workbook's `<t>` or `<v>`, in which characters that XML cannot have, or would
 * change, stand as `_xHHHH_`, such as `_x000D_` for a carriage return. An underscore that would
 * begin one is `_x005F_` itself.
 *
 * Blanks stay, whether or not the element says `xml:space="preserve"`: without it XML leaves them
 * to the reader.
 *
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1,
 * §22.9.2.19, ST_Xstring)
 */
export function unescapeText(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
