import { EventEmitter } from 'node:events'
import { faults } from '../../support/stub-faults.js'
import {
  type StubServer,
  type StubServerOptions,
  startStubServer,
} from '../../support/stub-server.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'
import { runInProcess, type Surrounded } from '../run-in-process.js'

let folder: Workdir
let server: StubServer | undefined

beforeEach(async () => {
  folder = await makeWorkdir()
  await folder.write('rows.csv', 'name\nAda\nAlan\nGrace\n')
})
afterEach(async () => {
  await server?.close()
  await folder.remove()
})

async function serve(options: StubServerOptions = {}) {
  server = await startStubServer(options)
  return { ...server.environment, OPENAI_API_KEY: 'sk-spec-secret', LLM_MODEL: 'gpt-4o' }
}

const batch = (words: readonly string[], surrounded: Omit<Surrounded, 'folder'>) =>
  runInProcess(['batch', folder.join('rows.csv'), '-t', 'Hi {name}', '--batch-id', 'b', ...words], {
    folder: folder.path,
    ...surrounded,
  })

const alanFails: StubServerOptions = {
  fault: (_number, text) => (text === 'Hi Alan' ? faults.badRequest() : undefined),
}

const lastLine = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '')

describe('--summary json', () => {
  it('is the last line on standard error: rows, usage, errors, exit code, the command', async () => {
    const environment = await serve(alanFails)

    const { code, error } = await batch(['--summary', 'json', '-t', 'Hi {name}'], { environment })

    expect(code).toBe(1)
    expect(lastLine(error)).toMatchObject({
      id: 'b',
      status: 'failed',
      exit_code: 1,
      model: 'gpt-4o',
      output_file: null,
      rows_read: 3,
      completed_prompts: 2,
      failed_prompts: 1,
      skipped_prompts: 0,
      errors: [{ code: 'REQUEST_REJECTED', count: 1, first_row: 2 }],
      stopped_by: null,
      resume_command: 'llm batch rows.csv --resume --batch-id b',
    })
  })

  it('is all that is on standard error with -q', async () => {
    const environment = await serve(alanFails)

    const { error } = await batch(['--summary', 'json', '-q', '-t', 'no column'], { environment })

    expect(error.split('\n')).toHaveLength(2)
    expect(JSON.parse(error)).toMatchObject({
      status: 'completed',
      resume_command: null,
      warnings: [expect.stringContaining('same prompt')],
    })
  })

  it('says what stopped the run, with the remedy', async () => {
    const environment = await serve({ fault: () => faults.keyRefused('sk-spec-secret') })

    const { code, error } = await batch(['--summary', 'json', '-q'], { environment })

    expect(code).toBe(3)
    expect(JSON.parse(error)).toMatchObject({
      status: 'failed',
      exit_code: 3,
      stopped_by: { code: 'KEY_INVALID', remedy: expect.stringContaining('llm keys set openai') },
    })
    expect(error).not.toContain('sk-spec-secret')
  })

  it('says that the run was interrupted, and nothing else with -q', async () => {
    const environment = await serve()
    server?.hold()
    const signals = new EventEmitter()
    const ending = batch(['--summary', 'json', '-q'], { environment, signals })
    await server?.arrived(1)
    signals.emit('SIGINT', 'SIGINT')
    server?.release()

    const { code, error } = await ending

    expect(code).toBe(130)
    expect(JSON.parse(error)).toMatchObject({
      status: 'paused',
      exit_code: 130,
      completed_prompts: 1,
      skipped_prompts: 2,
      stopped_by: { code: 'RUN_INTERRUPTED' },
    })
  })

  it('is refused in another form before anything is asked', async () => {
    const environment = await serve()

    const { code, error } = await batch(['--summary', 'xml'], { environment })

    expect({ code, error }).toEqual({
      code: 2,
      error: 'Error: --summary expects one of text, json, got "xml".\n',
    })
    expect(server?.requestCount()).toBe(0)
  })
})

describe('--quiet', () => {
  it('prints one line if rows failed: the batch, how many, and the command', async () => {
    const environment = await serve(alanFails)

    const { code, error } = await batch(['-q'], { environment })

    expect(code).toBe(1)
    expect(error).toBe(
      'Batch b: 1 row failed. Ask it again with: llm batch rows.csv --resume --batch-id b\n',
    )
  })

  it('prints that line too if --limit left rows for a later run', async () => {
    const environment = await serve(alanFails)

    const { error } = await batch(['-q', '--limit', '2'], { environment })

    expect(error).toBe(
      'Batch b: 1 row failed. Ask it again with: llm batch rows.csv --resume --batch-id b\n',
    )
  })
})
