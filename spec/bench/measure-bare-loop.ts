/**
 * Sends so many chat completions with undici alone, and prints what that cost. Started by
 * `measured-run.ts`.
 */
import { Pool } from 'undici'
import { measureWork } from './measure-work.js'

const { url, rows, concurrency } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string
  rows: number
  concurrency: number
}
const { origin, pathname } = new URL(url)
const pool = new Pool(origin, { connections: concurrency })
let next = 0

async function askInTurn(): Promise<void> {
  for (let index = next++; index < rows; index = next++) {
    const { body } = await pool.request({
      method: 'POST',
      path: `${pathname}/chat/completions`,
      headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [
          {
            role: 'user',
            content: `Classify: Review ${index}: the parcel came on time, and the thing in it does what it says.`,
          },
        ],
      }),
    })
    JSON.parse(await body.text())
  }
}

await measureWork(async () => {
  await Promise.all(Array.from({ length: concurrency }, askInTurn))
  return { rows }
})
await pool.close()
