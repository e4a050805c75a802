/**
 * Unescapes the text of a workbook's `<t>` or `<v>`. A character that XML cannot hold, or would
 * change, is written as `_xHHHH_`, such as `_x000D_` for a carriage return; an underscore before
 * such a form is `_x005F_`.
 *
 * Blanks stay, also without `xml:space="preserve"`.
 *
 * @see https://ecma-international.org/publications-and-standards/standards/ecma-376/ (part 1,
 * §22.9.2.19, ST_Xstring)
 */
export function unescapeText(text: string): string {
  return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}
