import { recentValues } from '../../lib/attachment/recent-values.js'

function recent(mostWeight: number) {
  const made: string[] = []
  const values = recentValues<string>(mostWeight)
  const get = (name: string, weight = 1) =>
    values.of(name, weight, async () => {
      made.push(name)
      if (name.startsWith('bad')) throw new Error(name)
      return name.toUpperCase()
    })
  return { made, get }
}

describe('recentValues', () => {
  it('keeps a value that was made anew while an earlier one still fails', async () => {
    const values = recentValues<string>(1)
    let fail = (_error: Error): void => {}
    const failing = values.of('a', 1, () => new Promise((_resolve, reject) => (fail = reject)))
    await values.of('b', 1, async () => 'B')
    expect(await values.of('a', 1, async () => 'A')).toBe('A')

    fail(new Error('late'))
    await expect(failing).rejects.toThrow('late')
    expect(await values.of('a', 1, async () => 'made again')).toBe('A')
  })

  it('makes a value once, also for those who ask while it is made', async () => {
    const { made, get } = recent(10)

    expect(await Promise.all([get('a'), get('a')])).toEqual(['A', 'A'])
    expect(await get('a')).toBe('A')
    expect(made).toEqual(['a'])
  })

  it('forgets the value used longest ago when the weight is too much', async () => {
    const { made, get } = recent(3)
    for (const name of ['a', 'b', 'c', 'a', 'd']) await get(name)

    await get('a')
    await get('b')

    expect(made).toEqual(['a', 'b', 'c', 'd', 'b'])
  })

  it('does not keep a value that is heavier than all', async () => {
    const { made, get } = recent(3)
    await get('a')
    await get('heavy', 4)
    await get('heavy', 4)
    await get('a')

    expect(made).toEqual(['a', 'heavy', 'heavy'])
  })

  it('forgets a failure', async () => {
    const { made, get } = recent(1)
    await expect(get('bad')).rejects.toThrow('bad')
    await expect(get('bad')).rejects.toThrow('bad')
    await get('a')
    await get('a')

    expect(made).toEqual(['bad', 'bad', 'a'])
  })
})
