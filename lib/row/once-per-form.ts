import type { JsonSchema } from './json-schema.js'
import type { Prompt } from './prompt.js'

/** What all prompts of a run share, and their requests with them. */
export type RequestForm = Pick<Prompt, 'options' | 'schema'>

/**
 * Makes something once for all prompts with the same options and schema. They are compared as
 * objects, because the prompts of a run share them.
 */
export function oncePerForm<Made>(make: (form: RequestForm) => Made): (form: RequestForm) => Made {
  const byOptions = new WeakMap<object, Map<JsonSchema | undefined, Made>>()
  return ({ options, schema }) => {
    const bySchema = byOptions.get(options) ?? new Map<JsonSchema | undefined, Made>()
    const known = bySchema.get(schema)
    if (known !== undefined) return known
    const made = make({ options, schema })
    byOptions.set(options, bySchema.set(schema, made))
    return made
  }
}
