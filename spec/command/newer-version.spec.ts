import { editDatabase } from '../store/edit-database.js'
import { queryDatabase } from '../support/query-database.js'
import { useCommand } from '../support/use-command.js'

describe('a database that a newer version of llm batch has changed', () => {
  const bench = useCommand()
  const database = () => bench.workdir.join('llm-user/logs.db')
  const begin = ['batch', 'in.csv', '-t', 'Say {name}', '--batch-id', 'b1', '--output', 'out.csv']

  beforeEach(async () => {
    await bench.workdir.write('in.csv', 'name\nAda\nAlan\n')
    await bench.inProcess([...begin, '--limit', '1'])
    await editDatabase(database(), "INSERT INTO _llm_batch_migrations VALUES ('b999_future', '')")
  })

  it.each([
    ['begins', ['batch', 'in.csv', '-t', 'Say {name}', '--output', 'other.csv']],
    ['is gone on with', ['batch', 'in.csv', '--resume']],
    ['is removed', ['batch', 'remove', 'b1', '--yes']],
    ['is cancelled', ['batch', 'cancel', 'b1']],
  ])('is not written to: a batch %s', async (_what, args) => {
    const asked = bench.server.requestCount()
    const record = 'SELECT * FROM batch_runs'
    const before = await queryDatabase(database(), record)

    const { exitCode, stdout, stderr } = await bench.inProcess(args)

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('newer version of llm batch (b999_future)')
    expect(bench.server.requestCount()).toBe(asked)
    expect(await queryDatabase(database(), record)).toEqual(before)
  })

  it('is read', async () => {
    const listed = await bench.inProcess(['batch', 'list'])
    const status = await bench.inProcess(['batch', 'status', 'b1', '--json'])

    expect(listed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('b1') })
    expect(JSON.parse(status.stdout)).toMatchObject({ id: 'b1', completed_prompts: 1 })
  })
})
