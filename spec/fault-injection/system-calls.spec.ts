import type { FileFault } from '../support/failing-file-call.js'
import {
  compileFailing,
  failingSystemCall,
  type SystemCall,
  systemCallsMade,
  whyNoneFails,
} from '../support/failing-system-call.js'
import { scale } from '../support/scale.js'
import { makeWorkdir, type Workdir } from '../support/workdir.js'
import { liveThrough, scenes } from './live-through.js'

const why = await whyNoneFails()
const name = 'llm batch, when one system call of Node or SQLite fails'

/** What a disk may answer to each kind of call. */
const faultsOf: Readonly<Record<SystemCall, readonly FileFault[]>> = {
  open: ['EIO', 'EMFILE'],
  write: ['EIO', 'ENOSPC'],
  fsync: ['EIO'],
  ftruncate: ['EIO'],
  rename: ['EIO'],
  unlink: ['EIO'],
}
const matrix = (Object.keys(faultsOf) as SystemCall[]).flatMap(kind =>
  faultsOf[kind].flatMap(fault =>
    ['a new batch', 'a batch that is resumed'].map(scene => ({ kind, fault, scene })),
  ),
)
/** SQLite does not say why it cannot open a file. */
const orElse = 'cannot be opened|SQLITE_CANTOPEN'
/** In `make test` a few cells of the matrix, others each day. */
const day = Math.floor(Date.now() / 86_400_000)
const cells = scale > 1 ? matrix : [0, 1].map(at => matrix[(day * 2 + at) % matrix.length] as Cell)
type Cell = (typeof matrix)[number]

const describeWhereItCan = why === undefined ? describe : describe.skip
describeWhereItCan(why === undefined ? name : `${name} (skipped: ${why})`, () => {
  let workdir: Workdir
  let library: string
  beforeAll(async () => {
    workdir = await makeWorkdir()
    library = await compileFailing(workdir.path)
  })
  afterAll(() => workdir.remove())

  it.each(cells)(
    'says so truly, can be resumed, and loses nothing: $kind, $fault, $scene',
    async ({ kind, fault, scene: sceneName }) => {
      const scene = scenes[sceneName]
      if (scene === undefined) throw new Error(`There is no scene ${sceneName}`)
      const failing = (call: number) => (folder: string) =>
        failingSystemCall({ library, folder, kinds: [kind], call, fault })
      const count = systemCallsMade(await liveThrough({ scene, environment: failing(0) }))
      const failures: string[] = []
      for (const call of callsOf(count)) {
        await liveThrough({ scene, environment: failing(call), fault, orElse }).catch(error => {
          failures.push(`call ${call}: ${error.message}`)
        })
      }
      expect(failures).toEqual([])
    },
    6 * 3_600_000,
  )
})

/** In `make soak` every one. */
function callsOf(count: number): readonly number[] {
  if (scale > 1) return Array.from({ length: count }, (_, at) => at + 1)
  return count === 0 ? [] : [1 + (day % count)]
}
