/**
 * A server that speaks just enough MCP to go wrong. What it does is in its words:
 *
 *     silent            reads, and never answers
 *     nonsense          writes a line that is not MCP, and never answers
 *     flood             writes such lines without end
 *     exit TEXT         writes TEXT on standard error, and ends with exit code 3
 *     no-tools          offers none
 *     serve FILE TEXT   serves; writes its process number as a line to FILE when it starts, and TEXT on standard output
 *     helper FILE       serves, with a second process whose number is the second line in FILE; neither minds SIGTERM or the
 *                       end of its input
 *     runaway FILE      serves, with such a second process that has left the group of processes
 *     refuse METHOD     answers every request of this method with an error
 *     fail              answers every call of a tool with an error that says nothing
 *     bad-schema FILE   serves, as above, one tool whose schema is none
 */
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [mode, file, text] = process.argv.slice(2)
if (mode === 'exit') {
  console.error(file)
  process.exit(3)
}
if (mode === 'nonsense') console.log('Hello, I am a program.')
if (mode === 'flood') for (;;) await new Promise(done => process.stdout.write('Hello\n', done))
if (mode === 'runaway') {
  const endless = 'setInterval(() => {}, 1000)'
  const options = { stdio: 'inherit', detached: true }
  const second = spawn(process.execPath, ['-e', endless], options)
  second.unref()
  appendFileSync(file, `${process.pid}\n${second.pid}\n`)
}
if (mode === 'helper') {
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1000)
  const endless = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'
  const second = spawn(process.execPath, ['-e', endless], { stdio: 'inherit' })
  appendFileSync(file, `${process.pid}\n${second.pid}\n`)
}
if (mode === 'serve' || mode === 'bad-schema') {
  appendFileSync(file, `${process.pid}\n`)
  if (text) console.log(text)
}

const tool = name => ({ name, inputSchema: { type: 'object' } })
const pages = {
  first: { tools: [tool('echo'), tool('die')], nextCursor: 'second' },
  second: { tools: [tool('hang'), { ...tool('files.read'), description: 'Reads a file.' }] },
}
const badTool = { name: 'bad', inputSchema: { type: 'object', properties: { a: { type: 'x' } } } }
if (mode === 'bad-schema') pages.first = { tools: [badTool] }
const offered = mode === 'no-tools' ? {} : { tools: {} }

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: offered,
    serverInfo: { name: 'tiny', version: '1' },
  }),
  'tools/list': ({ cursor = 'first' } = {}) => pages[cursor],
  'tools/call': ({ name, arguments: given }) => {
    if (name === 'die') process.exit(7)
    if (name === 'hang') return undefined
    if (mode === 'fail') return { content: [], isError: true }
    return { content: [{ type: 'text', text: `${name} ${JSON.stringify(given)}` }] }
  },
}

createInterface({ input: process.stdin }).on('line', line => {
  if (mode === 'silent' || mode === 'nonsense') return
  const { id, method, params } = JSON.parse(line)
  if (mode === 'refuse' && method === file) {
    const error = { code: -32602, message: 'Not today' }
    return console.log(JSON.stringify({ jsonrpc: '2.0', id, error }))
  }
  const result = answers[method]?.(params)
  if (result !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }))
})
