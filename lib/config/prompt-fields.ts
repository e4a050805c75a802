import { z } from 'zod'

const schemaSchema = z.union([z.string().min(1), z.record(z.string(), z.unknown())])

/** The options about what is asked of a row. */
export const promptFields = {
  /** Text with `{column}` in it, or the name of a saved llm template. */
  template: z.string().min(1).optional(),
  /** System prompt; may hold `{column}` as well. */
  system: z.string().optional(),
  /** Values for names in the template that are not columns. */
  params: z.record(z.string(), z.string()).default({}),
  /** Whether `{{column}}`, `$column` and the like are text, and not a mistake. */
  literalBraces: z.boolean().default(false),
  /** Whether blank prompts are asked, instead of failing their rows. */
  allowEmpty: z.boolean().default(false),
  /** Texts before each prompt, and before the system prompt: files, URLs, aliases, hashes. */
  fragments: z.array(z.string().min(1)).default([]),
  systemFragments: z.array(z.string().min(1)).default([]),
  /** Options of the model by llm's names, not parsed. */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
  /**
   * The form that answers must have: a JSON Schema, or a text as llm's `--schema` takes it (concise
   * syntax, JSON, a file, an id, `t:TEMPLATE`).
   */
  schema: schemaSchema.optional(),
  /** As `schema`, for answers `{ items: [...] }` whose items have this form. */
  schemaMulti: schemaSchema.optional(),
}
