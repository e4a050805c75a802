import type { Tool } from '../port/tool.js'
import { pythonJsonText } from '../row/python/python-json-text.js'
import { toPythonJson } from '../row/python/to-python-json.js'
import { describeTime } from './describe-time.js'

export interface DefaultToolsOptions {
  /** What `llm_version` gives. */
  readonly version: string
  readonly nowMs: () => number
}

const plugin = 'llm.default_plugins.default_tools'
const inputSchema = { properties: {}, type: 'object' }

/**
 * The tools that llm has by itself: `llm_version` and `llm_time`. Names, descriptions and schemas
 * are llm's to the letter, because llm's database knows a tool by their hash.
 */
export function defaultTools({ version, nowMs }: DefaultToolsOptions): readonly Tool[] {
  return [
    {
      spec: {
        name: 'llm_version',
        description: 'Return the installed version of llm',
        inputSchema,
        plugin,
      },
      execute: () => version,
    },
    {
      spec: {
        name: 'llm_time',
        description: 'Returns the current time, as local time and UTC',
        inputSchema,
        plugin,
      },
      execute: () => pythonJsonText(toPythonJson(describeTime(nowMs()))),
    },
  ]
}
