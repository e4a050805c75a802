import { checkDatabaseFolder } from '../../lib/store/check-database-folder.js'
import { makeWorkdir } from '../support/workdir.js'

describe('checkDatabaseFolder', () => {
  it('refuses a database in a folder that is not there, and leaves other faults to its open', async () => {
    const workdir = await makeWorkdir()
    await workdir.write('file', '')

    await checkDatabaseFolder(workdir.join('logs.db'))
    await checkDatabaseFolder(workdir.join('file/below/logs.db'))
    await expect(checkDatabaseFolder(workdir.join('none/logs.db'))).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      reach: 'run',
      message: expect.stringContaining(`there is no folder ${workdir.join('none')}`),
      remedy: `Make it first: mkdir -p ${workdir.join('none')}`,
    })
    await workdir.remove()
  })
})
