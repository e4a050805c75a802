/**
 * The part of `@pydantic/monty` 0.0.18 that we use. The types are ours, because the package is
 * there only where somebody installed it.
 */
export interface MontyModule {
  readonly Monty: new (code: string, options?: { readonly inputs: readonly string[] }) => Monty
  readonly MontyComplete: new (...args: never) => MontyComplete
  readonly MontySnapshot: new (...args: never) => MontySnapshot
  readonly MontyError: new (...args: never) => MontyError
}

/** Code that is parsed. */
export interface Monty {
  /** The value of the last expression. */
  readonly run: (options: { readonly inputs: object }) => unknown
  /** Runs until the code ends, or needs something from outside. */
  readonly start: (options: {
    readonly limits: MontyLimits
    readonly printCallback: (stream: string, text: string) => void
  }) => MontyStep
}

export interface MontyLimits {
  readonly maxDurationSecs: number
  readonly maxMemory: number
  readonly maxRecursionDepth: number
}

export type MontyStep = MontyComplete | MontySnapshot | MontyNameLookup

export interface MontyComplete {
  readonly output: unknown
  /** As `MontyComplete(output=Float(5.0))`. */
  readonly repr: () => string
}

/** The code calls a function that it does not have. */
export interface MontySnapshot {
  readonly functionName: string
  readonly resume: (options: {
    readonly exception: { readonly type: string; readonly message: string }
  }) => MontyStep
}

/** The code uses a name that it does not have. */
export interface MontyNameLookup {
  readonly resume: () => MontyStep
}

/** Only an error at run time has a traceback. */
export interface MontyError extends Error {
  readonly exception: { readonly typeName: string; readonly message: string }
  readonly traceback?: unknown
  readonly display: (format: 'traceback') => string
}
