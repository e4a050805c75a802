import { systemClock } from '../../lib/host/system-clock.js'
import { openDatabase } from '../../lib/store/database/open-database.js'
import { range } from '../support/rows.js'
import type { RunningCommand } from '../support/run-command.js'
import { secretKey, useCommand } from '../support/use-command.js'

const bench = useCommand()
const perMinute = 1_200
const aSecond = perMinute / 60

/** Moments at which the server got its requests. */
let startsMs: number[]

beforeEach(() => {
  startsMs = []
  bench.script = {
    fault: () => {
      startsMs.push(performance.now())
      return undefined
    },
  }
})

async function startBatch(index: number, rows: number): Promise<RunningCommand> {
  const name = `in-${index}.txt`
  await bench.workdir.write(
    name,
    range(rows)
      .map(row => `question ${index}-${row}\n`)
      .join(''),
  )
  return bench.start([
    'batch',
    name,
    ...['--output', `out-${index}.csv`, '--model', 'gpt-4o-mini', '--key', secretKey],
    ...['--rate-limit', String(perMinute), '--concurrency', '10', '--share-limits'],
  ])
}

/** The most requests that came within a second. */
function mostInASecond(): number {
  let most = 0
  let first = 0
  for (const [index, startMs] of startsMs.entries()) {
    while ((startsMs[first] as number) <= startMs - 1_000) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}

describe('--share-limits', () => {
  it('holds four processes together to the limit of one', async () => {
    const running = await Promise.all(range(4).map(index => startBatch(index, 50)))
    const results = await Promise.all(running.map(({ result }) => result))

    for (const result of results) expect(result).toMatchObject({ exitCode: 0 })
    expect(startsMs).toHaveLength(200)
    expect(mostInASecond()).toBeLessThanOrEqual(aSecond)
  }, 120_000)

  it('gives the share of a killed process to the others, and keeps no key', async () => {
    const running = await Promise.all(range(3).map(index => startBatch(index, 80)))
    await bench.server.arrived(60)
    running[0]?.kill('SIGKILL')
    await running[0]?.result
    const killedMs = performance.now()
    await Promise.all(running.slice(1).map(({ result }) => result))

    const within = (fromMs: number, toMs: number) =>
      startsMs.filter(ms => ms >= killedMs + fromMs && ms < killedMs + toMs).length
    // Without the share, two thirds would be left.
    expect(within(1_000, 3_000)).toBeGreaterThan(0.78 * within(-2_000, 0))
    expect(mostInASecond()).toBeLessThanOrEqual(aSecond)
    const path = bench.workdir.join('llm-user', 'logs.db')
    const database = await openDatabase({ path, clock: systemClock, isReadOnly: true })
    const [shared] = await database.all<{ budget_id: string }>('SELECT * FROM batch_shared_limits')
    await database.close()
    expect(shared?.budget_id).toMatch(/^gpt-4o-mini [0-9a-f]{24}$/)
  }, 120_000)

  it('says that there is nothing to share without a limit', async () => {
    await bench.workdir.write('in.txt', 'question\n')
    const { stderr } = await bench.inProcess([
      ...['batch', 'in.txt', '--model', 'gpt-4o-mini', '--key', secretKey, '--share-limits'],
    ])

    expect(stderr).toContain('--share-limits has nothing to share')
  })
})
