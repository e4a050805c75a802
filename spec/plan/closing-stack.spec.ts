import { closingStack } from '../../lib/plan/closing-stack.js'

describe('closingStack', () => {
  const closed: string[] = []
  beforeEach(() => void closed.splice(0))

  it('closes in the opposite order, each once', async () => {
    const { add, close } = closingStack()
    add(() => closed.push('first'))
    add(async () => closed.push('second'))
    await close()
    await close()
    expect(closed).toEqual(['second', 'first'])
  })

  it('closes everything also after failures, and rejects with the first', async () => {
    const { add, close } = closingStack()
    add(() => closed.push('first'))
    add(() => {
      throw new Error('of the second')
    })
    add(async () => {
      throw new Error('of the third')
    })
    add(() => closed.push('last'))
    await expect(close()).rejects.toThrow('of the third')
    expect(closed).toEqual(['last', 'first'])
    await expect(close()).resolves.toBeUndefined()
  })
})
