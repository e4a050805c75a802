import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { isProcessAlive } from '../../lib/api/process-alive.js'

describe('isProcessAlive', () => {
  it('knows a living process, and one that never was', () => {
    expect(isProcessAlive(process.pid, Date.now())).toBe(true)
    expect(isProcessAlive(2 ** 22 + 1, Date.now())).toBe(false)
  })

  it('takes a killed process for gone, also before anybody has reaped it', async () => {
    // The shell starts a child, becomes a sleeper that never waits for it, and so leaves a zombie when that is killed.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
    const [line] = await once(parent.stdout, 'data')
    const child = Number(String(line))
    expect(isProcessAlive(child, Date.now())).toBe(true)

    process.kill(child, 'SIGKILL')
    while (isProcessAlive(child, Date.now())) await new Promise(resolve => setImmediate(resolve))

    expect(isProcessAlive(child, Date.now())).toBe(false)
    parent.kill('SIGKILL')
  })

  it('takes a process that was started later for another with the same number', () => {
    const startedMs = Date.now() - process.uptime() * 1000

    expect(isProcessAlive(process.pid, startedMs)).toBe(true)
    const isLinux = process.platform === 'linux'
    expect(isProcessAlive(process.pid, startedMs - 60_000)).toBe(!isLinux)
  })
})
