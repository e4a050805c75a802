import { importXlsxPackage } from '../../../lib/source/xlsx/import-xlsx-package.js'

describe('importXlsxPackage', () => {
  it('says how to install a package that is missing', async () => {
    const load = () => Promise.reject(new Error('no such package'))
    await expect(importXlsxPackage(load, 'saxes@5.0.1')).rejects.toMatchObject({
      code: 'DEPENDENCY_MISSING',
      reach: 'run',
      message: 'Reading .xlsx needs the package saxes, which is not installed',
      remedy: 'npm install saxes@5.0.1',
    })
  })
})
