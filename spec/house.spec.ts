import {
  circles,
  fenceBreaks,
  homelessFiles,
  longFiles,
  poorNames,
  readSources,
  type Sources,
  unreadableImports,
  upwardImports,
  wideRooms,
} from './support/house.js'

describe('the house', () => {
  let sources: Sources

  beforeAll(async () => {
    sources = await readSources(`${import.meta.dirname}/..`, ['lib', 'bin'])
  })

  it('has been read', () => {
    expect(sources.has('lib/error/batch-error.ts')).toBe(true)
  })

  it('keeps each file in a folder that has a storey', () => {
    expect(homelessFiles(sources)).toEqual([])
  })

  it('has no folder of over 20 files', () => {
    expect(wideRooms(sources)).toEqual([])
  })

  it('imports only from the same room and from floors below', () => {
    expect(upwardImports(sources)).toEqual([])
  })

  it('imports only what can be found by reading', () => {
    expect(unreadableImports(sources)).toEqual([])
  })

  it('has no way from a file back to itself', () => {
    expect(circles(sources)).toEqual([])
  })

  it('keeps libraries, time, chance and the process behind their fences', () => {
    expect(fenceBreaks(sources)).toEqual([])
  })

  it('has no file over 250 lines', () => {
    expect(longFiles(sources)).toEqual([])
  })

  it('names each file in kebab-case, once, and for what is in it', () => {
    expect(poorNames(sources)).toEqual([])
  })
})
