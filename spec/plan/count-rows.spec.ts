import { Readable } from 'node:stream'
import { countRows } from '../../lib/plan/count-rows.js'
import { openInputs } from '../../lib/source/open-inputs.js'
import { openSource } from '../../lib/source/open-source.js'
import { reviewsCsv } from '../support/use-batch.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

describe('countRows', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  const count = async (name: string, text: string) => {
    const path = await workdir.write(name, text)
    const source = await openSource({ path, stdin: Readable.from([]) })
    source.rows.destroy()
    return countRows(source, {})
  }

  it('counts the rows of a small file, bad records included', async () => {
    expect(await count('in.csv', reviewsCsv(300))).toBe(300)
    expect(await count('in.jsonl', '{"a":1}\nno json\n{"a":2}\n')).toBe(3)
  })

  it('leaves large files and files that break to the run', async () => {
    expect(await count('in.csv', reviewsCsv(300_000))).toBeUndefined()
    expect(await count('in.json', '[{"a":1},{"a":')).toBeUndefined()
  })

  it('leaves several inputs to the run', async () => {
    const words = [
      await workdir.write('a.csv', reviewsCsv(3)),
      await workdir.write('b.csv', reviewsCsv(2)),
    ]
    const source = await openInputs({ words, output: undefined, stdin: Readable.from([]) })
    source.rows.destroy()
    expect(source.bytesTotal).toBeGreaterThan(0)
    expect(await countRows(source, {})).toBeUndefined()
  })
})
