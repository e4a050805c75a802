import { commands } from './command-list.js'
import { manPage, overviewPage } from './manual/man-page.js'

/** All manual pages by the names of their files. The build writes them. */
export function manPages(version: string): ReadonlyMap<string, string> {
  return new Map([
    overviewPage(commands, version),
    ...commands.map(command => manPage(command, version)),
  ])
}
