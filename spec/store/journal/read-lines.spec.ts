import { openIfThere, readLineOf, readLines } from '../../../lib/store/journal/read-lines.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

describe('the lines of a journal', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
  })
  afterEach(() => workdir.remove())

  it('are read with their places, also those longer than what is read at once', async () => {
    const texts = ['[1]\n', `["${'é'.repeat(300_000)}"]\n`, '\n', '[2]\n']
    const path = await workdir.write('a.journal', `${texts.join('')}[3`)
    const found: string[] = []
    const again: (string | undefined)[] = []

    const rest = await readLines(path, (line, at) => {
      found.push(line.toString())
      again.push(readLineOf(path, { at, bytes: line.length })?.toString())
    })

    expect(found).toEqual(texts)
    expect(again).toEqual(texts)
    expect(rest.toString()).toBe('[3')
  })

  it('are not there where the file is gone, too short, or overwritten with zeros', async () => {
    const path = await workdir.write(
      'a.journal',
      Buffer.concat([Buffer.from('[1]\n'), Buffer.alloc(8)]),
    )

    expect(readLineOf(path, { at: 0, bytes: 4 })?.toString()).toBe('[1]\n')
    expect(readLineOf(path, { at: 4, bytes: 8 })).toBeUndefined()
    expect(readLineOf(path, { at: 4, bytes: 9 })).toBeUndefined()
    expect(readLineOf(workdir.join('none'), { at: 0, bytes: 4 })).toBeUndefined()
  })

  it('cannot be read from a folder, which is not the same as a missing file', () => {
    expect(openIfThere(workdir.join('none'), 'r+')).toBeUndefined()
    expect(() => openIfThere(workdir.path, 'r+')).toThrow(/^EISDIR/)
  })
})
