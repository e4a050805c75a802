import { execFile, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp, symlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { systemClock } from '../../../lib/host/system-clock.js'
import type { Clock } from '../../../lib/port/clock.js'
import type { OpenTools, ToolRunner } from '../../../lib/port/tool.js'
import type { ToolResult } from '../../../lib/row/tool-call.js'
import { type OpenPythonOptions, openPython } from '../../../lib/tool/python/open-python.js'
import { createToolRunner } from '../../../lib/tool/run-tool-call.js'
import { fakeClock } from '../../support/fake-clock.js'
import { scale } from '../../support/scale.js'
import { until } from '../../support/until.js'
import { makeWorkdir, type Workdir } from '../../support/workdir.js'

const root = resolve(import.meta.dirname, '../../..')
const rowsRun = resolve(root, 'spec/support/python-rows-run.mjs')
const row = { kind: 'row', index: 0, columns: {} } as const
const isThere = existsSync(resolve(root, 'node_modules/@pydantic/monty/package.json'))
// `spec/support/install-monty.sh` installs it.
const itWithMonty = isThere || process.env.CI === 'true' ? it : it.skip
const describeWithMonty = isThere || process.env.CI === 'true' ? describe : describe.skip
// Only there can the processes of a process be listed.
const itOnLinux = process.platform === 'linux' ? it : it.skip
const secret = 'sk-5d41402abc4b2a76'

let workdir: Workdir
beforeAll(async () => {
  workdir = await makeWorkdir()
})
afterAll(() => workdir.remove())

/** Calls of the tool `python`, of one process unless said otherwise. */
class Python {
  readonly opened: OpenTools
  private readonly runner: ToolRunner

  private constructor(opened: OpenTools, runner: ToolRunner) {
    this.opened = opened
    this.runner = runner
  }

  static async open(options: Partial<OpenPythonOptions> = {}): Promise<Python> {
    const opened = await openPython({ clock: systemClock, processes: 1, ...options })
    const clock = systemClock
    return new Python(opened, await createToolRunner(opened.tools, { timeoutMs: 600_000, clock }))
  }

  run(code: string, signal = new AbortController().signal): Promise<ToolResult> {
    const argumentsText = JSON.stringify({ code })
    return this.runner.run({ id: 'call_1', name: 'python', argumentsText }, { row, signal })
  }
}

describeWithMonty('the tool python', () => {
  let python: Python
  beforeAll(async () => {
    python = await Python.open()
  })
  afterAll(() => python.opened.close())

  it('says which Python it is, and what it lacks', () => {
    const [tool] = python.opened.tools
    expect(tool?.spec).toMatchObject({
      name: 'python',
      description: expect.stringMatching(/Python 3\.14\.0 \(Monty\).*not have classes.*10 seconds/),
      inputSchema: { required: ['code'] },
    })
  })

  it.each([
    ['1 + 1', '2'],
    ['10 / 2', '5.0'],
    ['print("a", 1)\nprint("b", end="")\n3', 'a 1\nb\n3'],
    ['print("only")', 'only\n'],
    ['"it\'s"', '"it\'s"'],
    [
      '(1,), [True, None], {"a": {2}}, set(), 2**70',
      "((1,), [True, None], {'a': {2}}, set(), 1180591620717411303424)",
    ],
    ['[0.5, float("inf"), float("nan"), -0.0, 1e30]', '[0.5, inf, nan, -0.0, 1e+30]'],
    [
      'import datetime\n[datetime.date(2020, 1, 2), b"\\n", int, print]',
      "[datetime.date(2020, 1, 2), b'\\n', <int>, <print>]",
    ],
    ['range(3)', 'range(0, 3)'],
    [
      'import json, math, re\nfrom typing import List\njson.dumps([math.floor(2.5)]) + re.sub("a", "b", "a")',
      "'[2]b'",
    ],
    ['x = []\nx.append(x)\nx', "['[...]']"],
    ['async def f(n):\n    return n\nimport asyncio\nawait asyncio.gather(f(1), f(2))', '[1, 2]'],
    ['x = 1', 'The code printed nothing, and its last line is not an expression with a value.'],
  ])('gives what %j prints, and the value of its last expression', async (code, output) => {
    expect(await python.run(code)).toEqual({ callId: 'call_1', name: 'python', output })
  })

  it('starts each call afresh', async () => {
    await python.run('x = 1')
    expect((await python.run('x')).exception).toBe("NameError: name 'x' is not defined")
  })

  it('tells an exception with its traceback, and what was printed before', async () => {
    const { output, exception } = await python.run('print("here")\ndef f():\n    return 1 / 0\nf()')
    expect(exception).toBe('ZeroDivisionError: division by zero')
    expect(output).toMatch(
      /^Error: division by zero\nTraceback .*line 4, in <module>.*line 3, in f.*\n\nPrinted before:\nhere\n$/s,
    )
  })

  it.each([
    ['if', /^Error: Expected an expression\nSyntaxError: /],
    ['class A: pass', /does not yet support class definitions/],
    ['no_such(1)', /name 'no_such' is not defined/],
    [
      'try:\n    no_such(1)\nexcept NameError as e:\n    print("caught", e)\nno_value',
      /caught name 'no_such'/,
    ],
    ['raise ValueError("ä" * 100_000)', /\[cut: the first \d+ of \d+ bytes\]/],
  ])('tells the model of the fault of %j', async (code, output) => {
    const result = await python.run(code)
    expect(result.output).toMatch(output)
    expect(result.exception).toMatch(/^\w+: /)
  })

  it('refuses code that is too long', async () => {
    expect((await python.run('#'.repeat(100_001))).exception).toMatch(/^ValueError: .*100000 char/)
  })
})

describeWithMonty('code that tries to get out', () => {
  let python: Python
  beforeAll(async () => {
    process.env.LLM_BATCH_SPEC_SECRET = secret
    await workdir.write('secret.txt', secret)
    python = await Python.open()
  })
  afterAll(async () => {
    delete process.env.LLM_BATCH_SPEC_SECRET
    await python.opened.close()
  })

  it.each([
    'open("SECRET").read()',
    'open("OUT", "w").write("x")',
    'from pathlib import Path\nPath("SECRET").read_text()',
    'from pathlib import Path\nPath("OUT").write_text("x")',
    'from pathlib import Path\nlist(Path("/").iterdir())',
    'import os\nos.listdir("/")',
    'import os\nos.environ["LLM_BATCH_SPEC_SECRET"]',
    'import os\nos.getenv("LLM_BATCH_SPEC_SECRET")',
    'import os\nos.system("touch OUT")',
    'import os\nos.kill(os.getppid(), 9)',
    'import sys\nsys.exit(1)',
    'import socket\nsocket.create_connection(("127.0.0.1", 80))',
    'import urllib.request\nurllib.request.urlopen("http://127.0.0.1/")',
    'import subprocess\nsubprocess.run(["touch", "OUT"])',
    'import ctypes',
    '__import__("os")',
    'eval("1")',
    'exec("x = 1")',
    'compile("1", "", "eval")',
    '().__class__.__bases__[0].__subclasses__()',
    '(lambda: 0).__globals__',
    'print.__self__.__loader__',
    'import datetime\ndatetime.datetime.now()',
    'process.exit(1)',
    'require("fs")',
  ])('%j is told that it may not', async code => {
    const out = workdir.join('out.txt')
    const tried = code.replace('SECRET', workdir.join('secret.txt')).replace('OUT', out)
    const { output, exception } = await python.run(tried)
    expect(exception).toMatch(
      /^(PermissionError|RuntimeError|NameError|AttributeError|ModuleNotFoundError|NotImplementedError): /,
    )
    expect(output).not.toContain(secret)
    await expect(workdir.read('out.txt')).rejects.toMatchObject({ code: 'ENOENT' })
    expect((await python.run('6 * 7')).output).toBe('42')
  })
})

describeWithMonty('code that takes too much', () => {
  let python: Python
  beforeAll(async () => {
    python = await Python.open({ limits: { timeMs: 1000 } })
  })
  afterAll(() => python.opened.close())

  const nested = (depth: string) => `x = []\nfor i in range(${depth}): x = [x]\n`
  const deepText = `${'('.repeat(40_000)}1${')'.repeat(40_000)}`
  const timeOver = /^TimeoutError: time limit/
  // On a busy machine the time may be over before the memory is.
  // Python's own limit and the watch over its process are at work together: either may be first.
  const tooLarge = /^(MemoryError: (memory limit|Python grew)|TimeoutError: time limit)/
  const tooDeep = /^RecursionError: /

  it.each([
    ['an endless loop', 'while True: pass', timeOver],
    [
      'a loop that catches the end of its time',
      'try:\n    while True: pass\nexcept Exception:\n    pass\nwhile True: pass',
      timeOver,
    ],
    ['an endless sum', 'sum(range(10**15))', timeOver],
    ['an endless flood of output', 'while True: print("a" * 1000)', tooLarge],
    ['a list that grows', 'x = []\nwhile True: x.append("a" * 1000)', tooLarge],
    ['a long text', '"a" * 10**10', tooLarge],
    ['a large number', '9**9**9', tooLarge],
    ['a long list', 'list(range(10**9))', tooLarge],
    ['a text past the limit', '",".join(["a" * 1_000_000] * 100_000)', tooLarge],
    [
      'a value that is large only when shown',
      'x = [0]\nfor i in range(40): x = [x, x]\nx',
      tooLarge,
    ],
    ['a deep recursion', 'def f(n): return f(n + 1)\nf(0)', tooDeep],
    [
      'a deep recursion through native code',
      'def g(n):\n    return max([n], key=lambda m: g(m + 1))\ng(1)',
      tooDeep,
    ],
    ['code that is nested deeply', deepText, /^SyntaxError: /],
    ['a hash of nested values', 'x = ()\nfor i in range(200_000): x = (x,)\nhash(x)', tooDeep],
    [
      'JSON of nested values, which takes no notice of the time',
      `import json\n${nested('400_000')}json.dumps(x)`,
      /^(TimeoutError|MemoryError)/,
    ],
    ['a number of a million digits', 'int("9" * 1_000_000)', /^ValueError: /],
  ])('%s: the model is told, and the next call runs', async (_what, code, exception) => {
    const result = await python.run(code)
    expect(result.exception).toMatch(exception)
    expect(Buffer.byteLength(result.output)).toBeLessThanOrEqual(16_384)
    expect((await python.run('6 * 7')).output).toBe('42')
  })

  it('keeps the start of an output flood', async () => {
    const { output } = await python.run('for i in range(20_000): print(i)\n"end"')
    expect(output).toMatch(/^0\n1\n2\n.*\n\[cut: the first \d+ of 108895 bytes\]$/s)
  })

  it('keeps a value that is nested deeply', async () => {
    const { output } = await python.run(`${nested('50_000')}x`)
    expect(output).toMatch(/^(\[{100}.*|a value that is nested too deeply to be shown)/s)
  })
})

describeWithMonty('a process with Python', () => {
  it('is ended when it hangs in spite of all limits, and the model is told', async () => {
    const clock = fakeClock()
    const python = await Python.open({ clock, limits: { timeMs: 600_000 } })
    const result = python.run('while True: pass')
    await until(() => clock.sleepers() > 0)
    await clock.advance(602_999)
    expect(clock.sleepers()).toBe(1)
    await clock.advance(1)
    expect((await result).exception).toBe('TimeoutError: Python hung in this code, and was ended')
    expect((await python.run('6 * 7')).output).toBe('42')
    await python.opened.close()
  })

  itOnLinux('is replaced when it crashes, and the model is told', async () => {
    const before = children()
    const python = await Python.open({ limits: { timeMs: 600_000 } })
    const result = python.run('while True: pass')
    for (const id of children().filter(child => !before.includes(child))) {
      process.kill(id, 'SIGSEGV')
    }
    expect((await result).exception).toMatch(/^SystemError: Python crashed/)
    expect((await python.run('6 * 7')).output).toBe('42')
    await python.opened.close()
  })

  it('is ended when its row is broken off, and the next call runs', async () => {
    const python = await Python.open({ limits: { timeMs: 600_000 } })
    const aborter = new AbortController()
    const result = python.run('while True: pass', aborter.signal)
    const settled = expect(result).rejects.toThrow('the row’s time is over')
    aborter.abort(new Error('the row’s time is over'))
    await settled
    expect((await python.run('6 * 7')).output).toBe('42')
    await python.opened.close()
  })

  it('is not started for a call that waits in vain: the model is told that all were busy', async () => {
    const python = await Python.open({ limits: { timeMs: 600_000 } })
    const first = new AbortController()
    const running = python.run('while True: pass', first.signal).catch(error => error.message)
    const runnerClock: Pick<Clock, 'sleep' | 'afterTurn'> = systemClock
    const runner = await createToolRunner(python.opened.tools, {
      timeoutMs: 50,
      clock: runnerClock,
    })
    const call = { id: 'c', name: 'python', argumentsText: '{"code": "1"}' }
    const place = { row, signal: new AbortController().signal }
    expect((await runner.run(call, place)).exception).toBe(
      'TimeoutError: Python was busy with other rows for the whole time',
    )
    first.abort(new Error('over'))
    expect(await running).toBe('over')
    await python.opened.close()
  })

  itOnLinux(
    'serves many hostile rows at once, in bounded memory, beside a main thread that goes on',
    async () => {
      const kinds = [
        ['while True: pass', /time limit exceeded/],
        ['",".join(["a" * 1_000_000] * 100_000)', /grew too much|time limit exceeded/],
        ['while True: print("a" * 1000)', /time limit exceeded/],
        ['6 * 7', /^42$/],
      ] as const
      const rows = Array.from(
        { length: scale > 1 ? 100 : 20 },
        (_, index) => kinds[index % 4] ?? kinds[3],
      )
      const args = [rowsRun, JSON.stringify(rows.map(([code]) => code))]
      const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 })
      const seen = JSON.parse(stdout)
      for (const [index, [, output]] of rows.entries()) expect(seen.outputs[index]).toMatch(output)
      expect(seen.processes).toBeLessThanOrEqual(2)
      expect(seen.pythonMb).toBeLessThan(1000)
      expect(seen.peakMb).toBeLessThan(300)
      // Three rows in four take their whole time: a main thread that ran them would compute so long.
      expect(seen.ownCpuMs).toBeLessThan((rows.length * 3 * seen.timeMs) / 4 / 2)
    },
  )

  itOnLinux('is gone after kill -9 of ours', async () => {
    // One process runs code, and the other one is only just started.
    const child = spawn(process.execPath, [
      rowsRun,
      JSON.stringify(['while True: pass', 'while True: pass']),
      'endless',
    ])
    let text = ''
    child.stdout.setEncoding('utf8').on('data', part => {
      text += part
    })
    await until(() => text.includes('\n'))
    child.kill('SIGKILL')
    const ids = text.trim().split('\n')[0]?.split(' ').map(Number) ?? []
    expect(ids.length).toBeGreaterThan(0)
    await until(() => !ids.some(isRunning))
  })
})

/** Ids of the processes that this one started. */
function children(): number[] {
  const ids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
  return ids
    .split(' ')
    .filter(id => id !== '')
    .map(Number)
}

function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0)
  } catch {
    return false
  }
}

describe('without the package', () => {
  /** Opens Python with a copy of the built library that has no packages beside it. */
  async function openBare(script: string): Promise<string> {
    const source = `
      import { openPython } from '${built('tool/python/open-python.js')}'
      import { systemClock } from '${built('host/system-clock.js')}'
      import { extraFolder, extrasRoot, useExtrasOf } from '${built('extras/find-extra.js')}'
      ${script}
      await openPython({ clock: systemClock }).then(
        ({ tools, close }) => { console.log(tools[0].spec.description); return close() },
        error => console.log(error.code, error.reach, error.message, error.remedy),
      )`
    const args = ['--input-type=module', '-e', source]
    return (await promisify(execFile)(process.execPath, args, { cwd: workdir.path })).stdout
  }
  const built = (path: string) => pathToFileURL(workdir.join('copy/dist/lib', path)).href

  beforeAll(async () => {
    await cp(resolve(root, 'dist'), workdir.join('copy/dist'), { recursive: true })
    await workdir.write('copy/package.json', '{"type": "module"}')
  })

  it('names the command that installs it', async () => {
    expect(await openBare('')).toMatch(
      /^DEPENDENCY_MISSING run .*@pydantic\/monty.*llm extras install python/s,
    )
  })

  itWithMonty('uses the extra of the user folder', async () => {
    const user = workdir.join('user')
    const script = `useExtrasOf('${user}'); console.log(extraFolder(extrasRoot('${user}'), 'python'))`
    const folder = (await openBare(script)).split('\n')[0] ?? ''
    await workdir.write(
      `${folder.slice(workdir.path.length + 1)}/import.mjs`,
      'export const importPackage = name => import(name)\n',
    )
    await symlink(resolve(root, 'node_modules'), `${folder}/node_modules`)
    expect(await openBare(script)).toContain('Python 3.14.0 (Monty)')
  })
})
