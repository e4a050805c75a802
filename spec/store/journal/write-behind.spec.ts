import type { JournalFile } from '../../../lib/store/journal/journal-file.js'
import { writeBehind } from '../../../lib/store/journal/write-behind.js'
import { settle } from '../../support/fake-clock.js'
import { storeClock } from '../store-clock.js'

describe('writeBehind', () => {
  it('touches no file after it was stopped, though a write to the database was under way', async () => {
    const appends: string[] = []
    const file = (name: string): JournalFile => ({
      isNew: () => false,
      append: () => void appends.push(name),
      appendLong: () => () => undefined,
      cut: () => void appends.push(`cut ${name}`),
      remove: () => {},
      close: () => {},
    })
    let endWrite = () => {}
    const write = () => new Promise<void>(resolve => (endWrite = resolve))
    const clock = storeClock()
    const files = [file('a'), file('b')] as const
    const journal = writeBehind({ files, write, clock, isSecret: false })
    void journal.append([{ line: '[0]', shared: [] }], { settledUsd: 1, unsettledUsd: 2 })
    await clock.advance(1000)
    expect(appends).toEqual(['a'])

    journal.stop()
    endWrite()
    await settle()

    expect(appends).toEqual(['a'])
  })
})
