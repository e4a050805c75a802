/**
 * Asks a server of its own for so many answers of so many megabytes at once, and prints what came and the most memory
 * that this process had, as JSON.
 *
 *     node large-replies-run.mjs 100 20
 */
import { fork } from 'node:child_process'
import { once, setMaxListeners } from 'node:events'
import { join } from 'node:path'
import { systemClock } from '../../dist/lib/index.js'
import { resolveModel } from '../../dist/lib/model/catalog/resolve-model.js'
import { openModel } from '../../dist/lib/model/open-model.js'
import { peakRssMb } from './peak-rss.mjs'

const [calls, megabytes] = process.argv.slice(2).map(Number)
const server = fork(join(import.meta.dirname, 'large-reply-server.mjs'), [String(megabytes)])
const [port] = await once(server, 'message')
try {
  await ask()
} finally {
  server.kill()
}

async function ask() {
  const client = await openModel({
    reference: resolveModel('groq/llama', { aliases: new Map(), extraModels: [], ggufModels: [] }),
    key: 'sk-Ab12Cd34Ef56Gh78',
    environment: { GROQ_BASE_URL: `http://127.0.0.1:${port}/v1` },
    clock: systemClock,
    connections: calls,
  })
  const ended = { answered: 0, failed: 0 }
  const { signal } = new AbortController()
  setMaxListeners(0, signal)
  const one = async index => {
    const prompt = {
      kind: 'prompt',
      row: { index, columns: {} },
      text: 'Hi',
      fragments: [],
      options: {},
    }
    await client.ask(prompt, signal).then(
      () => {
        ended.answered += 1
      },
      error => {
        ended.failed += 1
        ended.code = error.code
      },
    )
  }
  await Promise.all(Array.from({ length: calls }, (_, index) => one(index)))
  const peakMb = peakRssMb()
  console.log(JSON.stringify({ ...ended, peakMb }))
  await client.close()
}
