import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { isProcessAlive } from '../../lib/api/surroundings.js'

describe('isProcessAlive', () => {
  it('knows a living process, and one that never was', () => {
    expect(isProcessAlive(process.pid)).toBe(true)
    expect(isProcessAlive(2 ** 22 + 1)).toBe(false)
  })

  it('takes a killed process for gone, also before anybody has reaped it', async () => {
    // The shell starts a child, becomes a sleeper that never waits for it, and so leaves a zombie when that is killed.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
    const [line] = await once(parent.stdout, 'data')
    const child = Number(String(line))
    expect(isProcessAlive(child)).toBe(true)

    process.kill(child, 'SIGKILL')
    while (isProcessAlive(child)) await new Promise(resolve => setImmediate(resolve))

    expect(isProcessAlive(child)).toBe(false)
    parent.kill('SIGKILL')
  })
})
