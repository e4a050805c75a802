/** llm's models of OpenAI for embeddings: aliases may name them, but a batch cannot ask them. */
export const embeddingList: readonly {
  readonly id: string
  readonly aliases: readonly string[]
}[] = [
  { id: 'text-embedding-ada-002', aliases: ['ada', 'ada-002'] },
  { id: 'text-embedding-3-small', aliases: ['3-small'] },
  { id: 'text-embedding-3-large', aliases: ['3-large'] },
  { id: 'text-embedding-3-small-512', aliases: ['3-small-512'] },
  { id: 'text-embedding-3-large-256', aliases: ['3-large-256'] },
  { id: 'text-embedding-3-large-1024', aliases: ['3-large-1024'] },
]
