import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { useCommand } from '../support/use-command.js'

/** `sh spec/support/install-python-llm.sh` installs it. */
const datasette = resolve(import.meta.dirname, '../../.cache/python-datasette-0.65.5/bin/python')
const script = resolve(import.meta.dirname, 'ask-datasette.py')
const itWithDatasette = existsSync(datasette) || process.env.CI === 'true' ? it : it.skip

describe('Datasette', () => {
  const bench = useCommand()

  itWithDatasette(
    'opens a database of ours, and shows batches, rows, turns and answers',
    async () => {
      await bench.workdir.write('in.csv', 'id,review\n1,fine\n2,bad\n')
      bench.script.answer = text => JSON.stringify({ mood: text })
      const batch = ['batch', 'in.csv', '-t', '{review}', '--schema', 'mood,', '--batch-id', 'b']
      expect((await bench.llm([...batch, '--output', 'out.csv'])).exitCode).toBe(0)
      const database = bench.workdir.join('llm-user/logs.db')
      const { stdout } = await promisify(execFile)(datasette, [
        script,
        database,
        '/logs/batch_runs.json?_shape=array',
        '/logs/batch_rows.json?_shape=array&_sort=row_index',
        '/logs/turns.json?_shape=array',
        '/logs/turn_search.json?_shape=array&_search=fine',
      ])

      const [runs, rows, turns, found] = JSON.parse(stdout)
      expect(runs).toMatchObject([{ id: 'b', status: 'completed', completed_prompts: 2 }])
      expect(rows).toMatchObject([
        { batch_id: 'b', row_index: 0, response: '{"mood":"fine"}' },
        { batch_id: 'b', row_index: 1, response: '{"mood":"bad"}' },
      ])
      expect(turns).toHaveLength(2)
      expect(found).toMatchObject([{ prompt: 'fine' }])
    },
  )
})
