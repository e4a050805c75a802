import { stat } from 'node:fs/promises'
import { findKey, readKeys, setKey } from '../../lib/home/stored-keys.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

const need = { name: 'openai', variables: ['OPENAI_API_KEY'] }

describe('setKey', () => {
  it('makes the file as llm does, readable by its owner only', async () => {
    const home = folder.join('deep', 'llm')
    await setKey(home, { name: 'openai', value: 'sk-abc' })
    expect(await folder.read('deep/llm/keys.json')).toBe(
      '{\n  "// Note": "This file stores secret API credentials. Do not share!",\n  "openai": "sk-abc"\n}\n',
    )
    expect((await stat(folder.join('deep/llm/keys.json'))).mode & 0o777).toBe(0o600)
  })

  it('keeps what else is in the file, also what it does not understand', async () => {
    await folder.write('keys.json', '{"a": "1", "odd": {"x": [1]}}')
    await setKey(folder.path, { name: '__proto__', value: 'p' })
    await setKey(folder.path, { name: 'a', value: '2' })
    const text = await folder.read('keys.json')
    expect(JSON.parse(text)).toMatchObject({ a: '2', odd: { x: [1] } })
    expect((await readKeys(folder.path)).get('__proto__')).toBe('p')
  })

  it('tightens the mode of a file that others could read', async () => {
    await folder.write('keys.json', '{}')
    await setKey(folder.path, { name: 'a', value: '1' })
    expect((await stat(folder.join('keys.json'))).mode & 0o777).toBe(0o600)
  })

  it('does not overwrite a file that it cannot read', async () => {
    await folder.write('keys.json', '{"openai": ')
    await expect(setKey(folder.path, { name: 'a', value: '1' })).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
    })
    expect(await folder.read('keys.json')).toBe('{"openai": ')
  })
})

describe('readKeys', () => {
  it('hides the note and gives no keys where there is no file', async () => {
    expect([...(await readKeys(folder.path)).keys()]).toEqual([])
    await setKey(folder.path, { name: 'openai', value: 'sk-abc' })
    expect([...(await readKeys(folder.path))]).toEqual([['openai', 'sk-abc']])
  })
})

describe('findKey', () => {
  it('says how to add a missing key, by command and by variable', async () => {
    await expect(findKey(folder.path, { need, environment: {} })).rejects.toMatchObject({
      code: 'KEY_MISSING',
      reach: 'run',
      message: 'No key found for openai.',
      remedy: "Add one with 'llm keys set openai', or set the OPENAI_API_KEY environment variable.",
    })
  })

  it('takes an empty variable for none, and names no variable where there is none', async () => {
    const environment = { OPENAI_API_KEY: '  ' }
    await expect(findKey(folder.path, { need, environment })).rejects.toThrow('No key found')
    const local = { name: 'local', variables: [] }
    await expect(findKey(folder.path, { need: local, environment })).rejects.toMatchObject({
      remedy: "Add one with 'llm keys set local'.",
    })
  })

  it('prefers --key as a stored name, then --key itself, then the stored key, then the environment', async () => {
    const environment = { OPENAI_API_KEY: 'from-environment' }
    const find = (explicit?: string) => findKey(folder.path, { explicit, need, environment })
    expect(await find()).toBe('from-environment')
    await setKey(folder.path, { name: 'openai', value: 'stored' })
    await setKey(folder.path, { name: 'work', value: 'stored-for-work' })
    expect(await find()).toBe('stored')
    expect(await find('work')).toBe('stored-for-work')
    expect(await find('sk-literal')).toBe('sk-literal')
    expect(await find('constructor')).toBe('constructor')
  })

  it('tries the other names a key may be stored under', async () => {
    await setKey(folder.path, { name: 'gemini', value: 'g' })
    const google = { name: 'google', alsoNamed: ['gemini'], variables: ['GOOGLE_API_KEY'] }
    expect(await findKey(folder.path, { need: google, environment: {} })).toBe('g')
  })

  it('does without a key that is optional, and still finds one that is there', async () => {
    const local = { name: 'local', variables: ['LOCAL_API_KEY'] }
    const find = (environment = {}) =>
      findKey(folder.path, { need: local, isOptional: true, environment })
    expect(await find()).toBeUndefined()
    expect(await find({ LOCAL_API_KEY: 'k' })).toBe('k')
  })

  it('gives none to a model that takes none, and then reads no file', async () => {
    await folder.write('keys.json', 'broken')
    const found = await findKey(folder.path, { explicit: 'x', need: undefined, environment: {} })
    expect(found).toBeUndefined()
  })
})
