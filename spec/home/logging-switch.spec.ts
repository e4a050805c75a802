import { isLoggingOff } from '../../lib/home/logging-switch.js'
import { makeWorkdir } from '../support/workdir.js'

describe('isLoggingOff', () => {
  it('is what `llm logs off` left: a file by that name', async () => {
    const folder = await makeWorkdir()
    expect(await isLoggingOff(folder.path)).toBe(false)
    await folder.write('logs-off', '')
    expect(await isLoggingOff(folder.path)).toBe(true)
    await folder.remove()
  })
})
