import { join } from 'node:path'
import { runError } from '../../../error/batch-error.js'
import { listSavedTemplates } from '../../../home/find-saved-template.js'
import { readTemplateFields, type TemplateFields } from '../../../home/read-template-fields.js'
import { makeHomeFolder } from '../../../home/write-home-file.js'
import { exitCodes } from '../../text/exit-code.js'
import { pythonYaml } from '../../text/log/python-yaml.js'
import { pythonColumns } from '../../text/python-columns.js'
import type { RunCommand } from '../../words/command.js'

/** `llm templates`: a line for each valid template, cut to the width of the terminal. */
export const runTemplatesList: RunCommand = async (_given, surroundings) => {
  const { home, stdout } = surroundings
  const rows: (readonly [name: string, prompt: string])[] = []
  for (const name of await listSavedTemplates(home.folder)) {
    const fields = await readTemplateFields(home.folder, name)
    if (fields !== undefined) rows.push([name, shownPrompt(fields)])
  }
  const width = Math.max(0, ...rows.map(([name]) => [...name].length))
  const columns = pythonColumns(surroundings)
  const lines = rows.map(([name, prompt]) => {
    const characters = [...`${name}${' '.repeat(width - [...name].length)} : ${prompt}`]
    if (characters.length <= columns) return characters.join('')
    return `${characters.slice(0, Math.max(0, columns - 3)).join('')}...`
  })
  stdout.write(lines.map(line => `${line}\n`).join(''))
  return exitCodes.allAnswered
}

function shownPrompt(fields: TemplateFields): string {
  const [system, prompt] = [fields.get('system'), fields.get('prompt')]
  const asked = typeof prompt === 'string' ? prompt : ''
  const shown = system ? `system: ${system}${asked && ` prompt: ${asked}`}` : asked
  return shown.replaceAll('\n', ' ')
}

/** `llm templates show NAME`: the template as YAML, with sorted names. */
export const runTemplatesShow: RunCommand = async ({ operands }, { home, stdout }) => {
  const name = operands[0] ?? ''
  const fields = await readTemplateFields(home.folder, name)
  if (fields === undefined) {
    const remedy = 'See llm templates. A template of a URL or a plugin needs the llm of Python.'
    throw runError('SETTING_INVALID', `Template '${name}' not found or invalid`, remedy)
  }
  // llm prints a line break after the one of the YAML.
  stdout.write(`${pythonYaml(fields, { indent: 4, sortsKeys: true })}\n`)
  return exitCodes.allAnswered
}

/** `llm templates path`: prints the folder, and makes it if it does not exist, as llm does. */
export const runTemplatesPath: RunCommand = async (_given, { home, stdout }) => {
  const folder = join(home.folder, 'templates')
  await makeHomeFolder(folder)
  stdout.write(`${folder}\n`)
  return exitCodes.allAnswered
}
