/** A part that few users need, so that it is not installed with us. */
export interface Extra {
  /** What needs it, for people. */
  readonly purpose: string
  /** Names and exact versions of its packages. */
  readonly packages: Readonly<Record<string, string>>
  /** Its size on disk, with the packages below it. */
  readonly megabytes: number
}

/**
 * All extras. `package.json` has the same versions, or ranges that begin with them, as optional
 * dependencies or optional peers.
 *
 * The names and versions stand for the code that uses the packages, so they are exact.
 */
export const extras = {
  gguf: {
    purpose: 'GGUF models that run on this machine',
    packages: { 'node-llama-cpp': '3.22.1' },
    megabytes: 700,
  },
  xlsx: {
    purpose: 'Excel workbooks (.xlsx)',
    packages: { saxes: '5.0.1', yauzl: '3.4.0' },
    megabytes: 1,
  },
  parquet: {
    purpose: 'Parquet files',
    packages: {
      hyparquet: '1.33.0',
      'hyparquet-compressors': '1.1.2',
      'hyparquet-writer': '0.17.0',
    },
    megabytes: 2,
  },
  mcp: {
    purpose: 'tools of MCP servers',
    packages: { '@modelcontextprotocol/sdk': '1.32.2' },
    megabytes: 30,
  },
  python: {
    purpose: 'Python code that models write',
    packages: { '@pydantic/monty': '0.0.18' },
    megabytes: 20,
  },
} as const satisfies Readonly<Record<string, Extra>>

export type ExtraName = keyof typeof extras

export const extraNames = Object.keys(extras) as readonly ExtraName[]
