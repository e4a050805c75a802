import { charactersOf, createWindow } from '../../lib/stage/window.js'
import { answered, failed, prompt, row } from '../support/rows.js'

describe('createWindow', () => {
  it('has room until its rows are taken, and again when some are freed', () => {
    const window = createWindow({ rows: 2 })
    window.take(1, 0)
    expect(window.hasRoom()).toBe(true)
    window.take(1, 0)
    expect(window.hasRoom()).toBe(false)

    window.free(1, 0)

    expect(window.hasRoom()).toBe(true)
  })

  it('has no room when its characters are taken', () => {
    const window = createWindow({ rows: 100, characters: 10 })
    window.take(1, 10)

    expect(window.hasRoom()).toBe(false)
  })

  it('tells the last listener that something was freed', () => {
    const window = createWindow({ rows: 1 })
    const heard: string[] = []
    window.onFree(() => heard.push('first'))
    window.onFree(() => heard.push('second'))
    window.take(1, 1)

    window.free(1, 1)

    expect(heard).toEqual(['second'])
  })
})

describe('charactersOf', () => {
  it('counts the texts of prompts and of answers', () => {
    const bare = { kind: 'failed', row: row(3), error: failed(3).error, attempts: 0 } as const
    const records = [
      prompt(0, '12345'),
      { ...answered(1, '123'), prompt: prompt(1, '12') },
      { kind: 'skipped', row: row(2) } as const,
      bare,
    ]

    expect(charactersOf(records)).toBe(10)
  })
})
