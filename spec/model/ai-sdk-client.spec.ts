import { openModel } from '../../lib/model/open-model.js'
import { resolveModel } from '../../lib/model/resolve-model.js'
import type { ModelClient } from '../../lib/port/model-client.js'
import { modelClientContract } from '../contract/model-client.js'
import { fakeClock } from '../support/fake-clock.js'
import { type Fault, faults, type StubServer } from '../support/stub-server.js'

const known = { aliases: new Map(), extraModels: [] }
const open =
  (name: string) =>
  (server: StubServer, key: string): Promise<ModelClient> =>
    openModel({
      reference: resolveModel(name, known),
      key,
      environment: server.environment,
      clock: fakeClock(),
      connections: 8,
    })

const openaiFaults = {
  keyRefused: faults.keyRefused(),
  unknownModel: faults.unknownModel,
  overloaded: faults.status(503) as Fault,
}

modelClientContract('gpt-4o (Chat)', { ...openaiFaults, open: open('gpt-4o') })
modelClientContract('gpt-5 (Responses)', { ...openaiFaults, open: open('gpt-5') })
modelClientContract('gpt-3.5-turbo-instruct (Completion)', {
  ...openaiFaults,
  isWithoutSystem: true,
  open: open('3.5-instruct'),
})
modelClientContract('groq/llama (compatible)', { ...openaiFaults, open: open('groq/llama-3') })
modelClientContract('claude-haiku (Anthropic)', {
  keyRefused: faults.anthropicKeyRefused,
  unknownModel: faults.anthropicUnknownModel,
  overloaded: faults.anthropicOverloaded,
  open: open('claude-haiku'),
})
modelClientContract('gemini-2.5-flash (Google)', {
  keyRefused: faults.googleKeyRefused,
  unknownModel: faults.googleUnknownModel,
  overloaded: faults.status(503),
  open: open('gemini-2.5-flash'),
})
