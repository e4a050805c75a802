import type { Prompt } from './prompt.js'

/** What all prompts of a run share, and their requests with them. */
export type RequestForm = Pick<Prompt, 'options' | 'schema' | 'tools'>

/**
 * Makes something once for all prompts with the same options, schema and tools. They are compared
 * as objects, because the prompts of a run share them.
 */
export function oncePerForm<Made>(make: (form: RequestForm) => Made): (form: RequestForm) => Made {
  const byOptions = new WeakMap<object, (RequestForm & { readonly made: Made })[]>()
  return ({ options, schema, tools }) => {
    const known = byOptions.get(options) ?? []
    for (const form of known) {
      if (form.schema === schema && form.tools === tools) return form.made
    }
    const form = { options, schema, tools }
    const made = make(form)
    byOptions.set(options, [...known, { ...form, made }])
    return made
  }
}
