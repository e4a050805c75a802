import { lastUserText, messageText } from '../../row/message.js'
import type { Prompt } from '../../row/prompt.js'
import type { Row } from '../../row/row.js'
import { promptHash } from '../../template/prompt-hash.js'
import { readRequest } from '../../template/read-request.js'
import { rowPlace } from '../../template/row-place.js'
import type { RenderRowOptions } from './render-row.js'

export interface RenderBatchLineOptions {
  readonly modelId: string
  /** The model whose price is known. A body may name another model. */
  readonly pricedModel: string | undefined
  /** As in `RenderRowOptions`. */
  readonly checkColumns?: RenderRowOptions['checkColumns']
}

const nothing = Object.freeze({})
const none = Object.freeze([])

/**
 * @returns a function that makes the prompt of a line of an OpenAI batch; throws a BatchError of
 * reach `row` for a line that cannot be asked.
 */
export function renderBatchLine(options: RenderBatchLineOptions): (row: Row) => Prompt {
  const { modelId: model, pricedModel } = options
  const hashOf = promptHash({ model, options: nothing })
  return row => {
    options.checkColumns?.(row.columns)
    const { request, messages } = readRequest(row.columns, rowPlace(row))
    const [first] = messages
    const isUnpriced = pricedModel !== undefined && request.body.model !== pricedModel
    return {
      ...{ kind: 'prompt', row, text: lastUserText(messages), messages },
      system: first?.role === 'system' ? messageText(first) || undefined : undefined,
      request: isUnpriced ? { ...request, isUnpriced } : request,
      ...{ fragments: none, options: nothing },
      hash: hashOf.ofRequest(request),
    }
  }
}
