import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { extraNames, extras } from '../../lib/extras/extra-list.js'

describe('extras', () => {
  it.each(extraNames)(
    '%s has the versions that package.json has, and none is required',
    async name => {
      const text = await readFile(resolve(import.meta.dirname, '../../package.json'), 'utf8')
      const { optionalDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(text)
      const optional = { ...optionalDependencies, ...peerDependencies }

      for (const [each, version] of Object.entries(extras[name].packages)) {
        expect([each, optional[each]?.replace('^', '')]).toEqual([each, version])
        if (each in peerDependencies) expect(peerDependenciesMeta[each]).toEqual({ optional: true })
      }
    },
  )
})
