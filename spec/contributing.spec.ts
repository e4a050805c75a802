import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const pages = [
  'CONTRIBUTING.md',
  'RELEASING.md',
  'SECURITY.md',
  'lib/README.md',
  'lib/model/README.md',
  'lib/store/README.md',
]

describe('the pages for developers', () => {
  it.each(pages)('%s: each file that it names exists', async page => {
    const text = await readFile(`${root}/${page}`, 'utf8')
    const named = [...text.matchAll(/`((?:lib|spec|bin|samples|\.ci)\/[\w./-]+)`/g)]

    expect(named.filter(([, path]) => !existsSync(`${root}/${path}`))).toEqual([])
  })

  it.each(pages)('%s: each target of make that it names exists', async page => {
    const text = await readFile(`${root}/${page}`, 'utf8')
    const makefile = await readFile(`${root}/Makefile`, 'utf8')
    const named = [...text.matchAll(/`make ([a-z ]+)/g)].flatMap(([, words = '']) =>
      words.trim().split(' '),
    )

    expect(named.filter(target => !makefile.includes(`\n${target}:`))).toEqual([])
  })

  it.each([...pages, 'README.md', 'CHANGELOG.md'])('%s: prose ends by column 100', async page => {
    const text = await readFile(`${root}/${page}`, 'utf8')
    const prose = text.replace(/^```[\s\S]*?^```/gm, '').split('\n')

    // A table has one line for each row.
    expect(prose.filter(line => line.length > 100 && !line.startsWith('|'))).toEqual([])
  })
})
