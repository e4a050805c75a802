import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { openBatch } from '../../lib/plan/open-batch.js'
import { openArchive } from '../../lib/report/open-archive.js'
import { openLog } from '../../lib/report/open-log.js'
import { reviewsCsv, useBatch } from '../support/use-batch.js'

describe('openArchive', () => {
  const bench = useBatch()
  const abort = { kind: 'abort' } as const
  const around = () => bench.surroundings({ clock: undefined })

  it('counts a database that does not exist as empty, and makes none', async () => {
    const archive = await openArchive(around())
    expect(await archive.listBatches({})).toEqual([])
    await archive.close()
    expect(await openLog(around())).toBeUndefined()
    expect(existsSync(bench.workdir.join('llm-user/logs.db'))).toBe(false)
  })

  /** A batch that its process has begun, and that ended without a word. */
  const leave = async (output?: string) => {
    const input = await bench.workdir.write('in.csv', reviewsCsv(3))
    const { pid: processId } = spawnSync(process.execPath, ['--version'])
    const given = { input, output, template: '{review}', model: 'gpt-4o-mini', batchId: 'b' }
    return openBatch(given, bench.surroundings({ processId, identifyProcess: () => undefined }))
  }

  it.each([
    ['cancelled', true],
    ['removed', true],
    ['looked at', false],
  ])('removes what a killed run left beside the output of a batch: %s', async (act, isTidied) => {
    const batch = await leave(bench.workdir.join('out.csv'))
    const left = await bench.workdir.write('out.csv.b.partial', 'half')
    const other = await bench.workdir.write('out.csv.c.partial', 'of another batch')
    const archive = await openArchive(around())
    if (act === 'cancelled') expect(await archive.requestStop('b', abort)).toBe('marked')
    else if (act === 'removed') expect(await archive.removeBatches(['b'])).toBe(1)
    else expect(await archive.findBatch('b')).toMatchObject({ isProcessGone: true })
    await archive.close()
    expect([existsSync(left), existsSync(other)]).toEqual([!isTidied, true])
    // By now it may have noticed that its batch is gone.
    await batch.close().catch(error => expect(error).toMatchObject({ code: 'BATCH_LOST' }))
  })

  it('cancels and removes a batch to standard output as well', async () => {
    const batch = await leave()
    const archive = await openArchive(around())
    expect(await archive.requestStop('b', abort)).toBe('marked')
    expect(await archive.findBatch('b')).toMatchObject({ status: 'cancelled' })
    expect(await archive.requestStop('b', abort)).toBe('idle')
    expect(await archive.removeBatches(['b'])).toBe(1)
    expect(await archive.listBatches({})).toEqual([])
    await archive.close()
    await batch.close()
  })

  it('refuses a database in a folder that does not exist', async () => {
    const database = bench.workdir.join('none/logs.db')
    const refused = { code: 'DATABASE_UNUSABLE' }
    await expect(openArchive(around(), { database })).rejects.toMatchObject(refused)
    await expect(openLog(around(), { database })).rejects.toMatchObject(refused)
  })
})
