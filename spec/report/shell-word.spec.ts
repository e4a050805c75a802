import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { shellWord } from '../../lib/report/shell-word.js'

describe('shellWord', () => {
  it('gives words that a shell reads as they were', async () => {
    const texts = [
      "it's",
      '$(rm -rf ~)',
      'a b',
      '',
      '!x',
      'é*?',
      'line\nbreak\t"\\\'',
      '~/x',
      '日本',
      'c1\u009d, turned\u202e, and 1\u00071',
    ]
    const script = `printf '%s\\0' ${texts.map(shellWord).join(' ')}`
    const { stdout } = await promisify(execFile)('/bin/bash', ['-c', script], {
      env: { LC_ALL: 'C.UTF-8' },
    })
    expect(stdout.split('\0').slice(0, -1)).toEqual(texts)
  })

  it('leaves plain words bare, and is always one line', () => {
    expect(shellWord('/data/reviews-2.csv')).toBe('/data/reviews-2.csv')
    expect(shellWord('a\nb')).toBe("$'a\\x0ab'")
    expect(shellWord('a\u202eb')).toBe("$'a\\u202eb'")
  })
})
