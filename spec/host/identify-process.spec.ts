import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { identifyProcess } from '../../lib/host/identify-process.js'

describe('identifyProcess', () => {
  it('knows a living process, and one that never was', () => {
    expect(identifyProcess(process.pid)).toBeDefined()
    expect(identifyProcess(2 ** 22 + 1)).toBeUndefined()
  })

  it('takes a killed process for gone, also before anybody has reaped it', async () => {
    // The shell starts a child, becomes a sleeper that never waits for it, and so leaves a zombie
    // when that is killed.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'])
    const [line] = await once(parent.stdout, 'data')
    const child = Number(String(line))
    expect(identifyProcess(child)).toBeDefined()

    process.kill(child, 'SIGKILL')
    while (identifyProcess(child) !== undefined) {
      await new Promise(resolve => setImmediate(resolve))
    }

    expect(identifyProcess(child)).toBeUndefined()
    parent.kill('SIGKILL')
  })

  const itOnLinux = process.platform === 'linux' ? it : it.skip
  itOnLinux('says the same of a process again, and something else of each', () => {
    const own = identifyProcess(process.pid)

    expect(own).toMatch(/^[0-9a-f]{8}-\d+\/\d+$/)
    expect(identifyProcess(process.pid)).toBe(own)
    expect(identifyProcess(1)).not.toBe(own)
  })
})
