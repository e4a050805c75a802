/** A JSON Schema that is an object. Its keys keep the order in which they were written. */
export type JsonSchema = Readonly<Record<string, unknown>>
