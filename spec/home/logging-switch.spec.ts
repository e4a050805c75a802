import { isLoggingOff, switchLogging } from '../../lib/home/logging-switch.js'
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

describe('switchLogging', () => {
  it('turns logging off and on, each also a second time', async () => {
    const folder = await makeWorkdir()
    for (const isOn of [false, false, true, true]) {
      await switchLogging(folder.path, isOn)
      expect(await isLoggingOff(folder.path)).toBe(!isOn)
    }
    await folder.remove()
  })

  it('says that a folder is in the place of its file', async () => {
    const folder = await makeWorkdir()
    await folder.write('logs-off/file.txt', '')

    await expect(switchLogging(folder.path, true)).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
      message: expect.stringMatching(/^Cannot write .*logs-off: /),
    })
    expect(await isLoggingOff(folder.path)).toBe(true)
    await folder.remove()
  })
})
