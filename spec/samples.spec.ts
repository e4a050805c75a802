import { execFile } from 'node:child_process'
import { cp, readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { runCommand } from './support/run-command.js'
import { makeWorkdir, type Workdir } from './support/workdir.js'

const samples = resolve(import.meta.dirname, '../samples')
const run = promisify(execFile)

describe('samples', () => {
  let workdir: Workdir
  beforeEach(async () => {
    workdir = await makeWorkdir()
    await cp(samples, workdir.join('samples'), { recursive: true })
  })
  afterEach(() => workdir.remove())

  /** Node resolves `llm-batch` from the sample's own folder, so it runs where it lies. */
  async function runScript(name: string, ...args: readonly string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [join(samples, name), ...args], {
      cwd: workdir.path,
      env: { PATH: process.env.PATH, HOME: workdir.path, LLM_USER_PATH: workdir.join('llm-user') },
    })
    return stdout
  }

  it.each([
    ['reviews.csv', 'Sentiment of: {review_text}', 6],
    ['questions.txt', '{prompt}', 3],
    ['reviews.json', 'Sentiment of: {review} ({rating} stars)', 3],
    ['tickets.json', 'Classify for {customer.plan}: {subject}', 3],
    ['data.jsonl', undefined, 5],
  ])('asks once for each row of %s', async (name, template, rows) => {
    const { exitCode, stderr } = await runCommand(
      ['batch', `samples/${name}`, '--model', 'echo', '--output', 'out.jsonl'].concat(
        template === undefined ? [] : ['--template', template],
      ),
      { cwd: workdir.path },
    )

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    const lines = (await workdir.read('out.jsonl')).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line).response.length > 0)).toEqual(Array(rows).fill(true))
  })

  it('runs every script that is there', async () => {
    const scripts = (await readdir(samples)).filter(name => name.endsWith('.mjs')).sort()

    expect(scripts).toEqual(['ask-a-csv.mjs', 'ask-an-array.mjs', 'own-pipeline.mjs'])
  })

  it('ask-an-array.mjs prints prompts and answers in their order', async () => {
    expect(await runScript('ask-an-array.mjs')).toBe(
      'Name a primary colour. → Name a primary colour.\n' +
        'Name a planet with rings. → Name a planet with rings.\n' +
        'Name a river in Africa. → Name a river in Africa.\n',
    )
  })

  it('ask-a-csv.mjs writes a CSV with the answers', async () => {
    expect(await runScript('ask-a-csv.mjs', 'answers.csv')).toBe(
      '6 answered, 0 failed: answers.csv\n',
    )
    expect(await workdir.read('answers.csv')).toMatch(/^customer_id,review_text,response\n1001,/)
  })

  it('own-pipeline.mjs writes only what its own stage lets through', async () => {
    await runScript('own-pipeline.mjs', 'short.jsonl')

    const lines = (await workdir.read('short.jsonl')).trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.length).toBeLessThan(6)
  })

  it('make demo shows a result, says which model it asked and names the next step', async () => {
    const { stdout } = await run('bash', [join(samples, 'demo.sh')], {
      env: { PATH: process.env.PATH, HOME: workdir.path },
    })

    expect(stdout).toContain('no real model')
    expect(stdout).toContain('keys set openai')
    expect(stdout).toContain('customer_id,review_text,response')
    const output = await readFile(resolve(samples, '../.cache/demo/sentiment_results.csv'), 'utf8')
    expect(output.split('\n')[0]).toBe('customer_id,review_text,response')
  })
})
