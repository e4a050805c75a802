import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { commands } from '../../lib/cli/command-list.js'
import { useCommand } from '../support/use-command.js'
import { itInTmux, useTmux } from '../support/use-tmux.js'

const root = resolve(import.meta.dirname, '../..')

/** What a person puts into the shell's own file, and how the shell is started. */
const shells = {
  bash: {
    files: { '.bashrc': 'PS1="> "\nsource <(llm completion bash)\n' },
    start: 'bash --rcfile .bashrc -i',
  },
  zsh: {
    files: {
      '.zshrc': 'PS1="> "\nautoload -U compinit\ncompinit -u\nsource <(llm completion zsh)\n',
    },
    start: 'ZDOTDIR=$HOME zsh -i',
  },
  fish: {
    files: {
      '.config/fish/config.fish':
        'function fish_prompt; echo "> "; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\nllm completion fish | source\n',
    },
    start: 'fish -i',
  },
} as const

const completions = [
  ['llm ba', 'llm batch '],
  ['llm batch stat', 'llm batch status '],
  ['llm models options se', 'llm models options set '],
  ['llm batch --respo', 'llm batch --response-column '],
  ['llm batch reviews.csv --format par', 'llm batch reviews.csv --format parquet '],
  ['llm extras install gg', 'llm extras install gguf '],
  ['llm batch revi', 'llm batch reviews.csv '],
  ['llm batch reviews.csv --no-fa', 'llm batch reviews.csv --no-fail-fast '],
  ['llm batch reviews.csv --output revi', 'llm batch reviews.csv --output reviews.csv '],
  ['llm-batch stat', 'llm-batch status '],
  ['llm-batch revi', 'llm-batch reviews.csv '],
  ['llm-batch --respo', 'llm-batch --response-column '],
] as const

type Shell = keyof typeof shells

/** A shell that is not installed is left out, CI excepted. */
const installed = (Object.keys(shells) as Shell[]).filter(
  shell => process.env.CI === 'true' || spawnSync(shell, ['--version']).status === 0,
)

describe('llm completion', () => {
  const bench = useCommand()
  const tmux = useTmux(bench)

  async function open(shell: Shell) {
    const { files, start } = shells[shell]
    for (const [name, text] of Object.entries(files)) await bench.workdir.write(name, text)
    await bench.workdir.write('reviews.csv', 'name\nAda\n')
    const screen = await tmux.open(start, 100)
    await screen.shows(/^> ?$/m)
    return screen
  }

  itInTmux.each(installed)('completes commands, options and files in %s', async shell => {
    const screen = await open(shell)
    for (const [typed, completed] of completions) {
      for (const key of [typed, 'Tab', 'x']) await screen.press(key)

      // The blank after a whole word shows that it was the only one.
      await screen.shows(`> ${completed}x`)
      await screen.press('C-u')
    }
  })

  it('refuses a shell that it does not know', async () => {
    expect(await bench.inProcess(['completion', 'csh'])).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('SHELL expects one of bash, zsh, fish, got "csh".'),
    })
  })

  it.each(['bash', 'zsh', 'fish'])('names every command and option for %s', async shell => {
    const { stdout } = await bench.inProcess(['completion', shell])

    for (const { words, flagGroups } of commands) {
      expect(stdout).toContain(words)
      for (const { name } of flagGroups.flatMap(({ flags }) => flags)) {
        expect(stdout).toMatch(new RegExp(`(--|-l )${name}\\b`))
      }
    }
  })
})

describe('the manual pages', () => {
  const folder = join(root, 'dist/man')

  it('are one for llm and one for each command, in the package', async () => {
    const names = commands.map(({ words }) => `llm-${words.replaceAll(' ', '-')}.1`)
    const { directories, files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))

    expect((await readdir(folder)).sort()).toEqual([...new Set(['llm.1', ...names])].sort())
    expect(directories.man).toBe('./dist/man')
    expect(files).toContain('dist')
  })

  it('have every option, its meaning, and the ending of the help', async () => {
    const page = (await readFile(join(folder, 'llm-batch.1'), 'utf8')).replaceAll('\\-', '-')
    const batch = commands.find(({ words }) => words === 'batch')

    for (const { name, about } of batch?.flagGroups.flatMap(({ flags }) => flags) ?? []) {
      expect(page).toContain(`--${name}`)
      expect(page).toContain(about.replaceAll('\\', '\\e'))
    }
    for (const title of ['EXIT CODES', 'ENVIRONMENT', 'FILES']) expect(page).toContain(title)
  })

  it('have no line that roff takes for an unknown request', async () => {
    for (const name of await readdir(folder)) {
      const text = await readFile(join(folder, name), 'utf8')
      const requests = text.split('\n').filter(line => /^[.']/.test(line))
      expect(requests.filter(line => !/^\.(TH|SH|TP|nf|fi)( |$)/.test(line))).toEqual([])
    }
  })
})
