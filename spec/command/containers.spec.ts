import { spawnSync } from 'node:child_process'
import { inputOf, outputOf, wordsOf } from '../support/answer-rows.js'
import { useCommand } from '../support/use-command.js'

const inContainer = 'unshare --pid --fork --kill-child --mount-proc'
const canContain = spawnSync('/bin/sh', ['-c', `${inContainer} true`]).status === 0
const itInContainers = canContain ? it : it.skip

describe('a batch that runs in a container, which says that it is on the same host', () => {
  const bench = useCommand()
  const words = wordsOf(6)
  const resume = 'llm batch in.csv --resume --batch-id same -q'

  itInContainers('is alive to who looks from outside or from another container', async () => {
    await bench.workdir.write('in.csv', inputOf('csv', words))
    bench.server.hold()
    const running = bench.shell(
      `${inContainer} llm batch in.csv -t 'Say {word}' --output out.csv --batch-id same --concurrency 2 -q`,
    )
    await bench.server.arrived(2)

    const outside = await bench.shell(resume)
    const inside = await bench.shell(`${inContainer} ${resume}`)
    const listed = await bench.shell('llm batch status same --json')

    for (const { exitCode, stderr } of [outside, inside]) {
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 2 })
      expect(stderr).toContain('Batch same is running')
      expect(stderr).toContain('--take-over')
    }
    expect(JSON.parse(listed.stdout)).toMatchObject({ status: 'running', process_gone: false })
    bench.server.release()
    expect(await running).toMatchObject({ exitCode: 0 })
    expect(await bench.workdir.read('out.csv')).toBe(outputOf('csv', words))
  })
})
