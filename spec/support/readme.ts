import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

export const readme = await readFile(resolve(import.meta.dirname, '../../README.md'), 'utf8')

/** Fenced blocks of the README in a language, each with the heading it stands under. */
export function blocksOf(language: string): readonly (readonly [heading: string, code: string])[] {
  return readme.split(/^## /m).flatMap(chapter => {
    const heading = chapter.split('\n')[0] ?? ''
    const fences = chapter.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))
    return [...fences].map(fence => [heading, fence[1] ?? ''] as const)
  })
}

/** jq is asked for by one command only; where it is absent, CI excepted, that one is left out. */
const hasJq = process.env.CI === 'true' || spawnSync('jq', ['--version']).status === 0

const typed = blocksOf('sh').filter(([, script]) => hasJq || !script.includes('jq '))

/** Headings of the chapters that have commands. */
export const chapters = [...new Set(typed.map(([heading]) => heading))]

/** The blocks of a chapter, in the order in which somebody who reads it types them. */
export function scriptsOf(chapter: string): readonly string[] {
  return typed.flatMap(([heading, script]) => (heading === chapter ? [script] : []))
}

/** The commands of a block: each alone, or all where one uses what the shell knows of another. */
export function stepsOf(script: string): readonly string[] {
  return /[$&]/.test(script) ? [script] : (script.match(/(\\\n|'[^']*'| # .*|[^'\n])+\n/g) ?? [])
}

/** Whether a command is one of llm, with nothing that a shell does but to split it into words. */
export function isOfLlmAlone(command: string): boolean {
  return command.startsWith('llm ') && !/[|<>&;$\n]/.test(plainOf(command))
}

/** A command on one line, without what is quoted, and without a comment. */
function plainOf(command: string): string {
  return command.replaceAll(/\\\n|'[^']*'| # .*/g, '').trimEnd()
}
