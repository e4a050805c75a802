/**
 * Says whether the floor of the coverage can be raised, after `make coverage`; `--raise` raises it.
 *
 * The floor only rises: exits with 1 if a number is lower than one that was committed before. Jest itself fails when
 * the coverage is below the floor.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const path = '.ci/coverage-floor.json'
/** Percent between the coverage and a new floor, since waits for time and chance take other branches each time. */
const margin = 0.3

const floor = readJson(path)
const { total } = readJson('.cache/coverage/coverage-summary.json')
const names = Object.keys(floor)
const lowered = names.filter(name => floor[name] < highestCommitted(name))
const reached = Object.fromEntries(
  names.map(name => [name, Math.max(floor[name], Math.floor(total[name].pct - margin))]),
)
const raisable = names.filter(name => reached[name] > floor[name])

console.log(names.map(name => `${name} ${total[name].pct} % (floor ${floor[name]})`).join(', '))
if (process.argv.includes('--raise')) writeFileSync(path, `${JSON.stringify(reached)}\n`)
else if (raisable.length > 0) {
  const raised = raisable.map(name => `${name} to ${reached[name]}`).join(', ')
  console.log(
    `The floor can be raised: ${raised}. Run node .ci/coverage-floor.mjs --raise, and commit.`,
  )
}
for (const name of lowered) {
  console.error(`${path}: ${name} was ${highestCommitted(name)} and must not be lowered.`)
  process.exitCode = 1
}

/** Zero where there is no git, or no commit has the file. */
function highestCommitted(name) {
  try {
    const commits = git('log', '--format=%H', '--', path).split('\n').filter(Boolean)
    return Math.max(0, ...commits.map(commit => JSON.parse(git('show', `${commit}:${path}`))[name]))
  } catch {
    return 0
  }
}

function git(...words) {
  return execFileSync('git', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}
