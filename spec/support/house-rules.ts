/** Folders of lib/ from the ground up: each imports its own files and the storeys below it. */
export const storeys: readonly (readonly string[])[] = [
  ['error'],
  ['row'],
  ['port'],
  ['template', 'throttle', 'pricing', 'config', 'schema', 'disk'],
  ['extras'],
  ['source', 'sink', 'call', 'model', 'tool', 'store', 'home', 'host', 'attachment'],
  ['stage'],
  ['run'],
  ['plan'],
  ['api', 'report'],
  ['cli'],
]

/**
 * Rooms inside a folder, from the ground up by the same rule. The folder's own files stand above
 * its rooms.
 */
export const rooms: Readonly<Record<string, readonly (readonly string[])[]>> = {
  row: [['python']],
  call: [['client', 'between-calls']],
  cli: [
    ['text', 'words'],
    ['text/log', 'text/run', 'manual'],
    ['terminal'],
    ['command'],
    ['command/logs', 'command/llm-files'],
  ],
  model: [['catalog', 'secret'], ['transport'], ['error-reply'], ['tool-wire'], ['server', 'gguf']],
  source: [['text'], ['record'], ['json', 'table'], ['xlsx'], ['parquet']],
  sink: [['target', 'packed'], ['document'], ['failures']],
  stage: [['spill']],
  plan: [['model', 'prompt', 'output'], ['batch'], ['estimate']],
  tool: [['result'], ['python', 'mcp']],
  store: [['database'], ['llm-log', 'read-log'], ['batches'], ['journal'], ['reuse']],
}

/** Files on one floor: more than this, and the folder needs rooms. */
export const widestFolder = 20

/** Something that may be used in one place only. */
export interface Fence {
  /** The rule, as a person would say it. */
  readonly what: string
  /** Import specifiers it is about. */
  readonly packages?: RegExp
  /** Global names it is about, as `read-module.ts` gives them. */
  readonly names?: readonly string[]
  /** Paths that may. */
  readonly only: RegExp
}

export const fences: readonly Fence[] = [
  {
    what: 'the AI SDK only in model/',
    packages: /^(@ai-sdk\/|ai$)/,
    only: /^lib\/model\//,
  },
  {
    what: 'undici only in model/, and in attachment/open-web.ts',
    packages: /^undici(\/|$)/,
    only: /^lib\/(model\/|attachment\/open-web\.ts$)/,
  },
  {
    what: 'the price list only in pricing/listed-rates.ts',
    packages: /^@pydantic\/genai-prices$/,
    only: /^lib\/pricing\/listed-rates\.ts$/,
  },
  {
    what: 'node-llama-cpp only in model/gguf/load-gguf.ts',
    packages: /^node-llama-cpp$/,
    only: /^lib\/model\/gguf\/load-gguf\.ts$/,
  },
  {
    what: 'Python only in tool/python/run-python.ts, which gets it as an argument',
    packages: /^@pydantic\/monty$/,
    only: /^lib\/tool\/python\/run-python\.ts$/,
  },
  {
    what: "MCP's SDK only in tool/mcp/",
    packages: /^@modelcontextprotocol\//,
    only: /^lib\/tool\/mcp\//,
  },
  {
    what: 'global fetch goes round the one transport',
    names: ['fetch'],
    only: /^lib\/model\//,
  },
  {
    what: 'a SQLite driver only in store/database/, in a file named for the driver',
    packages: /^(sqlite3|node:sqlite|better-sqlite3)$/,
    only: /^lib\/store\/database\/(open-database|sqlite3-[a-z-]+|node-sqlite-[a-z-]+)\.ts$/,
  },
  {
    what: 'a CSV library only in source/ and sink/, in a file named for CSV',
    packages: /^(csv-parse|csv-stringify)(\/|$)/,
    only: /^lib\/(source|sink)\/([a-z]+\/)?([a-z]+-)*csv(-[a-z]+)*\.ts$/,
  },
  {
    what: 'a JSON library only in source/ and sink/, in a file named for JSON',
    packages: /^(stream-json|stream-chain|ndjson)(\/|$)/,
    only: /^lib\/(source|sink)\/([a-z]+\/)?([a-z]+-)*jsonl?(-[a-z]+)*\.ts$/,
  },
  {
    what: 'an XML library only in source/xlsx/walk-xml.ts',
    packages: /^saxes(\/|$)/,
    only: /^lib\/source\/xlsx\/walk-xml\.ts$/,
  },
  {
    what: 'a reader of zip archives only in source/xlsx/open-zip.ts',
    packages: /^(yauzl|unzipper)(\/|$)/,
    only: /^lib\/source\/xlsx\/open-zip\.ts$/,
  },
  {
    what: 'a writer of zip archives only in sink/packed/pack-sheets.ts',
    packages: /^(yazl|archiver)(\/|$)/,
    only: /^lib\/sink\/packed\/pack-sheets\.ts$/,
  },
  {
    what: 'hyparquet only in source/parquet/ and sink/packed/pack-parquet.ts',
    packages: /^hyparquet(-[a-z]+)?(\/|$)/,
    only: /^lib\/(source\/parquet\/|sink\/packed\/pack-parquet\.ts$)/,
  },
  {
    what: 'the tokenizers only in pricing/load-tokenizer.ts, which imports one of them on first use',
    packages: /^gpt-tokenizer(\/|$)/,
    only: /^lib\/pricing\/load-tokenizer\.ts$/,
  },
  { what: 'yaml only in config/ and home/', packages: /^yaml$/, only: /^lib\/(config|home)\// },
  {
    what: 'cac, ora and string-width only in cli/',
    packages: /^(cac|ora|string-width)$/,
    only: /^lib\/cli\//,
  },
  {
    // The library called as a library sees the process too, through the two files that may look.
    what: 'process and console only in bin/, cli/, host/, and to end an MCP server; elsewhere they are arguments',
    packages: /^(node:)?(process|console)$/,
    names: ['process', 'console'],
    only: /^((bin|lib\/cli|lib\/host)\/|lib\/tool\/mcp\/end-process-group\.ts$)/,
  },
  {
    what: 'only bin/ ends the process or sets its exit code',
    names: ['process.exit', 'process.exitCode', 'process.abort'],
    only: /^bin\//,
  },
  {
    what: 'process.kill only to ask whether a process is there, and in one that ends itself at once',
    names: ['process.kill'],
    only: /^(lib\/host\/identify-process|bin\/python-process)\.ts$/,
  },
  {
    what: 'time and chance only through a Clock',
    packages: /^(node:)?(timers|perf_hooks)(\/|$)/,
    names: [
      'Date.now',
      'new Date()',
      'Math.random',
      'performance',
      'setTimeout',
      'setInterval',
      'setImmediate',
      'AbortSignal.timeout',
    ],
    only: /^lib\/host\/system-clock\.ts$/,
  },
  {
    what: 'nothing below the fourth storey touches a file, a socket or a process, but disk/ files',
    packages: /^(node:)?(fs|net|tls|dgram|dns|https?|http2|child_process|worker_threads)(\/|$)/,
    only: /^(bin|lib\/(disk|extras|attachment|source|stage|sink|call|model|tool|store|home|host|run|plan|report|api|cli))\//,
  },
]

/**
 * Files that may compute what they import: the types of Node 20, which we build with, do not know
 * `node:sqlite`; an extra is there only where somebody installed it; and the user names a file of
 * tools.
 */
export const mayComputeImports =
  /^(lib\/(store\/database\/node-sqlite-connection|extras\/load-extra|tool\/read-tool-file)|bin\/python-process)\.ts$/
