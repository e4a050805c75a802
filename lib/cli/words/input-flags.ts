import { inputFormats } from '../../port/row-source.js'
import { type BatchFlag, flag } from './flag.js'
import { readDelimiter, readEncoding } from './read-table-words.js'
import { atLeast, formatAliases, oneOf } from './read-value.js'

export const inputFlags: readonly BatchFlag[] = [
  flag(
    '--input-format FORMAT',
    'text, csv, tsv, json, jsonl, xlsx, parquet, openai-batch (or found)',
    oneOf(inputFormats, formatAliases),
  ),
  flag('--source-column NAME', 'add a column that names the file of each row'),
  flag('--json-path PATH', 'path of the array in a JSON input, such as data.items'),
  flag('--sheet NAME', 'sheet of a workbook, or the number of its tab (default: the first)'),
  flag('--delimiter CHAR', 'between the fields of a table: , ; | or tab (default: by the header)', {
    read: readDelimiter,
  }),
  flag('--header-row N', 'line or sheet row with the names of the columns', { read: atLeast(1) }),
  flag('--rename-duplicates', 'number columns with the same name: price, price_2'),
  flag('--encoding NAME', 'encoding of a text, such as windows-1252 (default: UTF-8 or UTF-16)', {
    read: readEncoding,
  }),
  flag('--bad-bytes WHAT', 'fail, or replace: bytes not in the encoding become U+FFFD', {
    ...oneOf(['fail', 'replace']),
  }),
  flag('--limit N', 'take only the first N rows', { read: atLeast(0) }),
  flag(
    '--max-unpacked MB',
    'limit for an unpacked workbook (default: 100 x its size, 64 to 2048)',
    { option: 'maxUnpackedMb', read: atLeast(1) },
  ),
]
