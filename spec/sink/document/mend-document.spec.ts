import { readFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import type { OutputFormat } from '../../../lib/port/row-sink.js'
import { isClosed, mendDocument } from '../../../lib/sink/document/mend-document.js'
import { openSink } from '../../../lib/sink/open-sink.js'
import { answered, range } from '../../support/rows.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { writeGroup } from '../../support/write-group.js'

const rows = range(4).map(index => ({
  ...answered(index, `an "answer"\nof two lines, ${index} é`),
}))

describe('mendDocument', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  async function written(format: OutputFormat, count: number): Promise<Buffer> {
    const path = workdir.join(`${count}.${format}`)
    const sink = await openSink({
      path,
      format,
      stdout: new PassThrough(),
      isTerminal: false,
      columns: ['prompt'],
      responseColumn: 'response',
      overwrite: true,
    })
    await writeGroup(sink, rows.slice(0, count))
    await sink.close({ isWhole: true })
    return readFile(path)
  }

  it.each(['csv', 'tsv', 'json', 'jsonl'] as const)(
    'makes a valid document of the whole rows of %s, wherever it was cut',
    async format => {
      const documents = await Promise.all(range(5).map(count => written(format, count)))
      const whole = documents.map(document => document.toString())
      const last = documents.at(-1) ?? Buffer.alloc(0)
      const path = workdir.join('torn')

      for (const size of range(last.length + 1)) {
        await workdir.write('torn', last.subarray(0, size))
        await mendDocument(path, format)
        const mended = await workdir.read('torn')
        // Before the header is whole there is nothing to keep of a table.
        const isNothing = mended === '' && size < (documents[0]?.length ?? 0)
        expect({ size, isWhole: isNothing || whole.includes(mended) }).toEqual({
          size,
          isWhole: true,
        })
        if (format === 'json' || mended !== '') expect(await isClosed(path, format)).toBe(true)
      }
    },
  )

  it.each(['xlsx', 'parquet'] as const)(
    'knows whether %s is whole, and leaves it as it is if not',
    async format => {
      const whole = await written(format, 4)
      const path = workdir.join('torn')
      const ends = [...range(30), ...range(30).map(fewer => whole.length - fewer)]
      for (const size of ends) {
        await workdir.write('torn', whole.subarray(0, size))
        expect([size, await isClosed(path, format)]).toEqual([size, size === whole.length])
      }

      await workdir.write('torn', whole.subarray(0, -1))
      await mendDocument(path, format)

      expect(await readFile(path)).toEqual(whole.subarray(0, -1))
    },
  )

  it('knows whether a document was closed', async () => {
    const bytes = await written('json', 2)
    await workdir.write('torn.json', bytes.subarray(0, -3))

    expect(await isClosed(workdir.join('2.json'), 'json')).toBe(true)
    expect(await isClosed(workdir.join('torn.json'), 'json')).toBe(false)
  })
})
