import { Readable } from 'node:stream'
import { walkThrough, walkXml } from '../../../lib/source/xlsx/walk-xml.js'

/** What a visitor hears, one word each: `<name`, `text`, `/name`. */
async function walk(...pieces: readonly string[]): Promise<readonly string[]> {
  const heard: string[] = []
  await walkThrough(Readable.from(pieces), {
    open: (name, attributes) => heard.push(['<', name, ...Object.values(attributes)].join('')),
    text: piece => heard.push(piece),
    close: name => heard.push(`/${name}`),
  })
  return heard
}

describe('walkXml', () => {
  it('gives elements by their names without a prefix, however the text is cut', async () => {
    const xml = '<x:a xmlns:x="u"><x:b c="1">d&amp;e</x:b><f/></x:a>'
    const whole = ['<au', '<b1', 'd&e', '/b', '<f', '/f', '/a']
    expect(await walk(xml)).toEqual(whole)
    expect((await walk(...xml)).join(' ')).toBe(whole.join(' '))
  })

  it('leaves out extensions and phonetic text, with their content', async () => {
    const xml = '<a><x:rPh><t>b</t><x:rPh/>c</x:rPh>d<extLst><ext><a>e</a></ext></extLst><f/></a>'
    expect(await walk(xml)).toEqual(['<a', 'd', '<f', '/f', '/a'])
  })

  it.each([['<a><b></a>'], ['<a>'], [''], ['<a/><b/>'], ['a'], ['<a>&b;</a>'], ['<a', ' b>']])(
    'throws if the text is not XML: %s',
    async (...pieces) => {
      await expect(walk(...pieces)).rejects.toThrow()
    },
  )

  it('stops after each piece, so that the caller can take what was found', async () => {
    const heard: string[] = []
    const walking = walkXml(Readable.from(['<a><b/>', '<c/>', '</a>']), {
      open: name => heard.push(name),
    })
    await walking.next()
    expect(heard).toEqual(['a', 'b'])
    await walking.next()
    expect(heard).toEqual(['a', 'b', 'c'])
  })
})
