import { openHome } from '../../lib/home/open-home.js'

const given = { environment: {}, platform: 'linux', homeDirectory: '/home/ada' }

describe('openHome', () => {
  it('is what LLM_USER_PATH says, as it is written', () => {
    expect(openHome({ ...given, environment: { LLM_USER_PATH: '~/mine' } }).folder).toBe('~/mine')
  })

  it('takes an empty variable for none', () => {
    const environment = { LLM_USER_PATH: '', XDG_CONFIG_HOME: '' }
    expect(openHome({ ...given, environment }).folder).toBe('/home/ada/.config/io.datasette.llm')
  })

  it.each([
    ['linux', {}, '/home/ada/.config/io.datasette.llm'],
    ['linux', { XDG_CONFIG_HOME: '/etc/ada' }, '/etc/ada/io.datasette.llm'],
    ['linux', { XDG_CONFIG_HOME: '~/conf' }, '/home/ada/conf/io.datasette.llm'],
    ['darwin', {}, '/home/ada/Library/Application Support/io.datasette.llm'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/io.datasette.llm'],
    ['win32', {}, '/home/ada/io.datasette.llm'],
  ])('is where llm has it on %s with %j', (platform, environment, path) => {
    expect(openHome({ ...given, platform, environment }).folder).toBe(path)
  })

  it("names llm's database in it, and the settings for batches beside the user's other files", () => {
    const home = openHome({ ...given, environment: { LLM_USER_PATH: '/llm' } })
    expect(home.databasePath).toBe('/llm/logs.db')
    expect(home.configPath).toBe('/home/ada/.llm/batch-config.yaml')
    expect(openHome({ ...given, environment: { LLM_BATCH_CONFIG: '/b.yaml' } }).configPath).toBe(
      '/b.yaml',
    )
  })
})
