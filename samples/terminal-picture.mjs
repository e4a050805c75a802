/**
 * Records a run on a terminal and draws its screen: samples/terminal.svg, the picture of the README.
 *
 *     node samples/terminal-picture.mjs [MODEL]
 *
 * Runs the built command under `script` (util-linux), in a fresh folder, and shows what a person
 * would see at the end. With a small model on this machine the answers are real:
 * `gguf:PATH`; `echo` without one.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const columns = 96
const root = resolve(import.meta.dirname, '..')
const [given = 'echo', output = join(root, 'samples/terminal.svg')] = process.argv.slice(2)

const template = 'Is the customer happy? Answer yes or no: {review_text}'
const model = given === 'echo' ? 'echo' : 'smollm2'
const brief = given === 'echo' ? '' : ' -o max_tokens 12 --accept-truncated'
const folder = freshFolder()
const surroundings = {
  cwd: folder,
  env: {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    LLM_USER_PATH: join(folder, 'llm'),
    TERM: 'xterm-256color',
    SHELL: '/bin/sh',
  },
}
if (given !== 'echo')
  execFileSync(join(folder, 'bin/llm'), ['aliases', 'set', model, given], surroundings)
const commands = [
  `llm batch reviews.csv --template "${template}" \\
  --model ${model}${brief} --output happy.csv`,
  'head -n 3 happy.csv',
]

const screen = commands.flatMap(command => [
  ...command.split('\n').map((line, at) => [
    { text: at === 0 ? '$ ' : '> ', style: 'prompt' },
    { text: line, style: 'typed' },
  ]),
  ...shown(command),
  [],
])
writeFileSync(output, drawing(screen.slice(0, -1)))

/** The lines that a command leaves on the screen, each in pieces of one style. */
function shown(command) {
  const typed = `stty cols ${columns} rows 40; ${command}`
  const { stdout } = spawnSync('script', ['-qefc', typed, '/dev/null'], {
    ...surroundings,
    encoding: 'utf8',
  })
  return linesOf(stdout.replaceAll(folder, '/home/ada'))
}

function freshFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'llm-batch-picture-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  cpSync(join(root, 'samples/reviews.csv'), join(folder, 'reviews.csv'))
  const llm = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/bin/llm.js')}' "$@"\n`
  execFileSync('mkdir', [join(folder, 'bin')])
  writeFileSync(join(folder, 'bin/llm'), llm, { mode: 0o755 })
  return folder
}

/** Follows line ends, returns, erasures and colours: all that the command writes. */
function linesOf(written) {
  const lines = [[]]
  let style = 'plain'
  let at = 0
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys.
  for (const [piece] of written.matchAll(/\x1b\[[?\d;]*[A-Za-z]|\r|\n|[^\x1b\r\n]/gu)) {
    const line = lines.at(-1)
    if (piece === '\n') lines.push([])
    else if (piece === '\r') at = 0
    else if (piece.startsWith('\x1b')) obey(piece)
    else {
      line[at] = { text: piece, style }
      at += 1
    }
    if (piece === '\n') at = 0
  }
  return lines.map(joined).filter((line, index, all) => line.length > 0 || index < all.length - 1)

  function obey(sequence) {
    const [, digits, letter] = /\[([?\d;]*)([A-Za-z])/.exec(sequence)
    const line = lines.at(-1)
    if (letter === 'K') line.splice(digits === '2' ? 0 : at)
    else if (letter === 'A') lines.splice(-Math.max(1, Number(digits)))
    else if (letter === 'G') at = Math.max(0, Number(digits) - 1)
    else if (letter === 'm') style = styleOf(digits)
    if (lines.length === 0) lines.push([])
  }
}

function styleOf(codes) {
  const names = { 1: 'bold', 2: 'dim', 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan' }
  return (
    codes
      .split(';')
      .map(code => names[code])
      .find(Boolean) ?? 'plain'
  )
}

function joined(cells) {
  const pieces = []
  for (const { text, style } of Array.from(cells, cell => cell ?? { text: ' ', style: 'plain' })) {
    if (pieces.at(-1)?.style === style) pieces.at(-1).text += text
    else pieces.push({ text, style })
  }
  return pieces
}

function drawing(lines) {
  const [charWidth, lineHeight, margin] = [8.4, 20, 20]
  const folded = lines.flatMap(fold)
  const width = Math.round(columns * charWidth + 2 * margin)
  const height = folded.length * lineHeight + 2 * margin
  const rows = folded.map((pieces, row) => {
    const spans = pieces.map(
      ({ text, style }) => `<tspan class="${style}">${escaped(text)}</tspan>`,
    )
    return `<text x="${margin}" y="${margin + row * lineHeight + 14}">${spans.join('')}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>A run of llm batch on a terminal</title>
<style>
text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #d6deeb; white-space: pre }
.prompt { fill: #7fdbca } .typed { fill: #ffffff; font-weight: bold } .dim { fill: #8a99ad }
.red { fill: #ff6b6b } .green { fill: #9ece6a } .yellow { fill: #ffd866 } .cyan { fill: #7fdbca }
.bold { font-weight: bold }
</style>
<rect width="${width}" height="${height}" rx="10" fill="#0b1622"/>
${rows.join('\n')}
</svg>
`
}

/** A line that is wider than the screen goes on below, as on a terminal. */
function fold(pieces) {
  const rows = [[]]
  let used = 0
  for (const { text, style } of pieces) {
    for (let rest = text; rest !== ''; ) {
      if (used === columns) {
        rows.push([])
        used = 0
      }
      const part = rest.slice(0, columns - used)
      rows.at(-1).push({ text: part, style })
      used += part.length
      rest = rest.slice(part.length)
    }
  }
  return rows
}

function escaped(text) {
  return text.replace(/[&<>]/g, found => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[found])
}
