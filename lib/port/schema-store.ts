/** Schemas that llm keeps in its database. */
export interface SchemaStore {
  /** Finds the JSON of a schema by id. */
  readonly findSchema: (id: string) => Promise<string | undefined>
}
