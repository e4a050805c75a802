import { logsPath, userFolder } from '../../lib/home/user-folder.js'

const given = { environment: {}, platform: 'linux', homeDirectory: '/home/ada' }

describe('userFolder', () => {
  it('is what LLM_USER_PATH says, as it is written', () => {
    expect(userFolder({ ...given, environment: { LLM_USER_PATH: '~/mine' } })).toBe('~/mine')
  })

  it('takes an empty variable for none', () => {
    const environment = { LLM_USER_PATH: '', XDG_CONFIG_HOME: '' }
    expect(userFolder({ ...given, environment })).toBe('/home/ada/.config/io.datasette.llm')
  })

  it.each([
    ['linux', {}, '/home/ada/.config/io.datasette.llm'],
    ['linux', { XDG_CONFIG_HOME: '/etc/ada' }, '/etc/ada/io.datasette.llm'],
    ['linux', { XDG_CONFIG_HOME: '~/conf' }, '/home/ada/conf/io.datasette.llm'],
    ['darwin', {}, '/home/ada/Library/Application Support/io.datasette.llm'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/io.datasette.llm'],
    ['win32', {}, '/home/ada/io.datasette.llm'],
  ])('is where llm has it on %s with %j', (platform, environment, path) => {
    expect(userFolder({ ...given, platform, environment })).toBe(path)
  })
})

describe('logsPath', () => {
  it("is llm's database", () => {
    expect(logsPath('/llm')).toBe('/llm/logs.db')
  })
})
