/**
 * Writes the reference of README.md, between its two marks, from what the program itself reads: the flags of
 * `llm batch`, and the settings of batch-config.yaml. `make reference` runs it, and a spec compares.
 *
 *     node .build/write-reference.mjs          writes README.md
 *     node .build/write-reference.mjs --print  prints the reference
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { batchFlagGroups } from '../dist/lib/cli/words/flags.js'
import { batchConfigRules } from '../dist/lib/config/batch-config.js'

const marks = ['<!-- reference: made by `make reference` -->', '<!-- end of the reference -->']

const options = batchFlagGroups.flatMap(({ title, flags }) => [
  `**${title}**`,
  '',
  '| option | |',
  '| --- | --- |',
  ...flags.map(flag => `| ${cell(code(usageOf(flag)))} | ${cell(flag.about)} |`),
  '',
])

const settings = ['| setting | |', '| --- | --- |', ...settingRows('', batchConfigRules), '']

const reference = [
  '### Options of `llm batch`',
  '',
  ...options,
  '### Settings of `batch-config.yaml`',
  '',
  ...settings,
].join('\n')

if (process.argv.includes('--print')) process.stdout.write(reference)
else {
  const readme = readFileSync('README.md', 'utf8')
  const [start, end] = marks.map(mark => readme.indexOf(mark))
  if (start < 0 || end < start) throw new Error(`README.md lacks the marks ${marks.join(' and ')}`)
  const text = `${readme.slice(0, start)}${marks[0]}\n\n${reference}\n${readme.slice(end)}`
  writeFileSync('README.md', text)
}

function usageOf({ name, short, value, isValueOptional }) {
  const letter = short === undefined ? '' : `-${short}, `
  const shown = value === undefined ? '' : isValueOptional ? `[=${value}]` : ` ${value}`
  return `${letter}--${name}${shown}`
}

function settingRows(path, rules) {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const place = path === '' ? name : `${path}.${name}`
    if (rule.fields !== undefined && rule.accepts === undefined)
      return settingRows(place, rule.fields)
    if (rule.any !== undefined) {
      const anyName = `${place}.${place === 'mcp' ? 'NAME' : 'MODEL'}`
      const further = rule.any.fields === undefined ? [] : settingRows(anyName, rule.any.fields)
      return [`| ${code(anyName)} | ${cell(rule.any.expected)} |`, ...further]
    }
    return [`| ${code(place)} | ${cell(rule.expected)} |`]
  })
}

function code(text) {
  return `\`${text}\``
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
