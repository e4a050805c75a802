import { llmSchemaSql } from '../../lib/store/llm-log/llm-schema.js'
import { makeDatabase } from '../support/make-database.js'
import { peakMb, sayingPeak } from '../support/peak-memory.js'
import { scale } from '../support/scale.js'
import { useCommand } from '../support/use-command.js'

/** `make soak`, at its scale of 20, lists 300,000. */
const calls = 15_000 * scale

/** Calls of both generations, of about 2 KB each. */
const script = `${llmSchemaSql}
  CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${calls})
    SELECT i, printf('01k%09d', i) AS id, printf('Say pelican %d ', i) AS prompt FROM n;
  INSERT INTO messages SELECT 'u' || i, NULL, 'user', NULL FROM n WHERE i % 3 > 0;
  INSERT INTO messages SELECT 'a' || i, 'u' || i, 'assistant', NULL FROM n WHERE i % 3 > 0;
  INSERT INTO parts (message_hash, position, type, text)
    SELECT 'u' || i, 0, 'text', prompt FROM n WHERE i % 3 > 0;
  INSERT INTO parts (message_hash, position, type, text)
    SELECT 'a' || i, 0, 'text', hex(zeroblob(1000)) FROM n WHERE i % 3 > 0;
  INSERT INTO turns (id, thread_id, parent_message_hash, tip_message_hash, model, datetime_utc)
    SELECT id, id, 'u' || i, 'a' || i, 'm', '2026-11-22T10:50:39.5+00:00' FROM n WHERE i % 3 > 0;
  INSERT INTO turn_search (turn_id, prompt, response) SELECT id, prompt, '' FROM n WHERE i % 3 > 0;
  INSERT INTO responses (id, model, prompt, response, options_json, datetime_utc)
    SELECT id, 'm', prompt, hex(zeroblob(1000)), '{}', '2026-11-22T10:50:39.5+00:00'
    FROM n WHERE i % 3 = 0;`

describe('llm logs over many calls', () => {
  const bench = useCommand()
  const lineCounts = { json: '"id": "01k', markdown: '^## Response' }

  it('holds few of them in memory, and shows the first at once', async () => {
    await makeDatabase(bench.workdir.join('many.db'), script)
    const list = async (words: string, counted: string) => {
      const command = `set -o pipefail; llm logs ${words} -d many.db | grep -c '${counted}'`
      const { exitCode, stdout, stderr } = await bench.shell(command, { env: sayingPeak() })
      expect({ words, exitCode, calls: Number(stdout) }).toEqual({ words, exitCode: 0, calls })
      expect({ words, mb: peakMb(stderr) < 150 }).toEqual({ words, mb: true })
    }

    await list('-n 0 --json', lineCounts.json)
    await list('-n 0', lineCounts.markdown)
    await list(`-n ${calls}`, lineCounts.markdown)
    await list('-n 0 -q pelican', lineCounts.markdown)
    const running = bench.start(['logs', '-n', '0', '--json', '-d', 'many.db'])
    await running.printed('"id": "01k000000001"')
    running.kill('SIGKILL')
    await running.result
  }, 1_800_000)
})
