/**
 * Tools for the model, in a file of your own:
 *
 *     llm batch samples/questions.txt --tools ./samples/tools.mjs --output answered.csv
 *
 * An input schema may be a JSON Schema, as here, or one of zod.
 */
export const count_letters = {
  description: 'Counts the letters of a text.',
  inputSchema: {
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
  },
  execute: ({ text }) => text.match(/\p{L}/gu)?.length ?? 0,
}
