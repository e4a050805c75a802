import fc from 'fast-check'
import { keepOpen, type Restartable } from '../../../lib/tool/mcp/keep-open.js'
import { scale } from '../../support/scale.js'

class Connection implements Restartable {
  isUp = true
  isOpen = () => this.isUp
  close = async () => {
    this.isUp = false
  }
}

const mostRestarts = 2

/** What users see: the number of the connection that they used, or why there is none. */
type Step =
  | { readonly kind: 'use' | 'fail' | 'die' | 'end' | 'close' }
  | { readonly kind: 'break-start'; readonly isBroken: boolean }

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.constantFrom('use', 'use', 'fail', 'die', 'end').map(kind => ({ kind }) as Step),
    fc.boolean().map(isBroken => ({ kind: 'break-start', isBroken }) as Step),
    { arbitrary: fc.constant({ kind: 'close' } as Step), weight: 1 },
  ),
  { maxLength: 30 },
)

describe('keepOpen', () => {
  it('opens again after an end, gives up after ends in a row, and repeats nothing', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async given => {
        const connections = [new Connection()]
        let isBroken = false
        let starts = 0
        const open = async () => {
          starts += 1
          if (isBroken) throw new Error('no start')
          connections.push(new Connection())
          return connections.at(-1) as Connection
        }
        const kept = keepOpen({ first: connections[0] as Connection, open, mostRestarts })
        const model = { number: 0, isUp: true, restarts: 0, starts: 0, isClosed: false }
        let acts = 0

        for (const step of given) {
          if (step.kind === 'break-start') isBroken = step.isBroken
          else if (step.kind === 'close') {
            await kept.close()
            model.isClosed = true
            model.isUp = false
          } else if (step.kind === 'end') {
            for (const each of connections) each.isUp = false
            model.isUp = false
          } else {
            acts = 0
            const seen = await kept
              .use(async connection => {
                acts += 1
                if (step.kind === 'die') connection.isUp = false
                if (step.kind !== 'use') throw new Error(step.kind)
                return `used ${connections.indexOf(connection)}`
              })
              .catch(error => error.message)
            expect(seen).toBe(expected(step.kind, isBroken, model))
            expect(acts).toBeLessThanOrEqual(1)
            expect(starts).toBe(model.starts)
          }
        }
        await kept.close()
        expect(connections.filter(each => each.isUp)).toEqual([])
      }),
      { numRuns: 150 * scale },
    )
  })

  it('shares one restart among all who wait for it', async () => {
    const first = new Connection()
    const starting: (() => void)[] = []
    const open = () =>
      new Promise<Connection>(resolve => starting.push(() => resolve(new Connection())))
    const kept = keepOpen({ first, open, mostRestarts })
    first.isUp = false

    const all = Promise.all([1, 2, 3].map(() => kept.use(async connection => connection)))
    while (starting.length === 0) await new Promise(setImmediate)
    for (const start of starting) start()

    expect(new Set(await all).size).toBe(1)
    expect(starting).toHaveLength(1)
  })

  it('closes what opens while it closes', async () => {
    const first = new Connection()
    const late = new Connection()
    let start = (_connection: Connection): void => {}
    const open = () =>
      new Promise<Connection>(resolve => {
        start = resolve
      })
    const kept = keepOpen({ first, open, mostRestarts })
    first.isUp = false

    const using = kept.use(async () => 'used')
    await new Promise(setImmediate)
    const closing = kept.close()
    start(late)

    await expect(using).rejects.toThrow('it is closed')
    await closing
    expect(late.isUp).toBe(false)
  })
})

interface Model {
  number: number
  isUp: boolean
  restarts: number
  starts: number
  readonly isClosed: boolean
}

function expected(kind: string, isBroken: boolean, model: Model): string {
  if (model.isClosed) return 'it is closed'
  if (!model.isUp) {
    if (model.restarts === mostRestarts) return 'it ended again after 2 restarts'
    model.restarts += 1
    model.starts += 1
    if (isBroken) return 'no start'
    model.number += 1
    model.isUp = true
  }
  if (kind === 'die') model.isUp = false
  if (kind !== 'use') return kind
  model.restarts = 0
  return `used ${model.number}`
}
