import { readHomeJson, readHomeObject, readHomeText } from '../../lib/home/home-file.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'

let folder: Workdir
beforeEach(async () => {
  folder = await makeWorkdir()
})
afterEach(() => folder.remove())

describe('readHomeText', () => {
  it('refuses bytes that are no UTF-8, naming the file', async () => {
    const path = await folder.write('aliases.json', Uint8Array.of(0x7b, 0xff, 0x7d))
    await expect(readHomeText(path)).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
      message: `${path} cannot be used: it is not UTF-8.`,
    })
  })

  it('refuses a folder in the place of a file', async () => {
    await expect(readHomeText(folder.path)).rejects.toThrow('it is a folder')
  })

  it('names the code of what else is wrong with a path', async () => {
    await expect(readHomeText(`${folder.path}/a\0b`)).rejects.toThrow(
      'reading it failed with ERR_INVALID_ARG_VALUE',
    )
  })

  it('takes a name that no file can have for a missing file', async () => {
    expect(await readHomeText(folder.join('x'.repeat(400)))).toBeUndefined()
    const path = await folder.write('plain', 'text')
    expect(await readHomeText(`${path}/below`)).toBeUndefined()
  })

  it('leaves out a byte-order mark', async () => {
    expect(await readHomeText(await folder.write('a.txt', '\ufeffgpt-4o'))).toBe('gpt-4o')
  })
})

describe('readHomeJson', () => {
  it('names the line of a fault, and never quotes what stands there', async () => {
    const path = await folder.write('keys.json', '{\n  "openai": sk-very-secret\n}')
    const error = await readHomeJson(path).catch(error => error)
    expect(error).toMatchObject({ code: 'HOME_FILE_INVALID' })
    expect(error.cause).toBeUndefined()
    expect(error.message).toContain(path)
    expect(error.message).not.toContain('line 1')
    expect(error.stack).not.toContain('secret')
  })

  it('names the line when the runtime says where', async () => {
    const path = await folder.write('aliases.json', '{\n "a": "b"\n "c": "d"\n}')
    await expect(readHomeJson(path)).rejects.toThrow('it is not valid JSON (line 3)')
  })

  it.each(['[]', '"text"', 'null', '7'])('refuses %s, which is no object', async text => {
    const path = await folder.write('aliases.json', text)
    await expect(readHomeJson(path)).rejects.toThrow('it should hold one JSON object')
  })

  it('takes a missing and a blank file for none', async () => {
    expect(await readHomeJson(folder.join('none.json'))).toBeUndefined()
    expect(await readHomeJson(await folder.write('blank.json', ' \n'))).toBeUndefined()
  })
})

describe('readHomeObject', () => {
  it('keeps the order of names, and takes a missing and a blank file for an empty object', async () => {
    const path = await folder.write('aliases.json', '{"b": "1", "10": "2", "9": "3"}')

    expect([...(await readHomeObject(path)).keys()]).toEqual(['b', '10', '9'])
    expect((await readHomeObject(folder.join('none.json'))).size).toBe(0)
    expect((await readHomeObject(await folder.write('blank.json', ' \n'))).size).toBe(0)
  })

  it.each(['[]', '"text"', 'null', '7'])('refuses %s, which is no object', async text => {
    const path = await folder.write('aliases.json', text)

    await expect(readHomeObject(path)).rejects.toMatchObject({
      code: 'HOME_FILE_INVALID',
      message: `${path} cannot be used: it should hold one JSON object, {…}.`,
    })
  })
})
