import { resolveModel } from '../../../lib/model/catalog/resolve-model.js'
import { openModel } from '../../../lib/model/open-model.js'
import type { Answer } from '../../../lib/row/answer.js'
import type { Prompt } from '../../../lib/row/prompt.js'
import { fakeClock } from '../../support/fake-clock.js'
import type { StubServer } from '../../support/stub-server.js'

/** Opens a model of llm's own list at the stub server, asks it once, and closes it. */
export async function askOnce(
  model: string,
  prompt: Prompt,
  { environment }: Pick<StubServer, 'environment'>,
): Promise<Answer> {
  const client = await openModel({
    reference: resolveModel(model, { aliases: new Map(), extraModels: [], ggufModels: [] }),
    key: 'k',
    environment,
    clock: fakeClock(),
    connections: 1,
  })
  try {
    return await client.ask(prompt, new AbortController().signal)
  } finally {
    await client.close()
  }
}
