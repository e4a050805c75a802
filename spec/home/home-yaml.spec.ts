import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const built = pathToFileURL(resolve(import.meta.dirname, '../../dist/lib/home/home-yaml.js')).href

describe('parseHomeYaml', () => {
  it('warns of nothing in words of its own, whatever stands for a key', () => {
    const program = `import { parseHomeYaml } from ${JSON.stringify(built)}
      console.log(JSON.stringify(await parseHomeYaml('a.yaml', '? [a, b]\\n: 1\\n')))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
    })

    expect({ stdout, stderr }).toEqual({ stdout: '{"[ a, b ]":1}\n', stderr: '' })
  })
})
