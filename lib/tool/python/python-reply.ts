/** What one run of Python gave. Goes from process to process, so that it is plain JSON. */
export type PythonReply =
  | { readonly kind: 'done'; readonly text: string }
  | {
      readonly kind: 'failed'
      /** Python's class of the error, such as `ZeroDivisionError`. */
      readonly name: string
      readonly message: string
      /** The traceback, and what was printed before. */
      readonly details: string
    }
  /** The package with Python cannot be imported. The fields are of the error. */
  | { readonly kind: 'unloaded'; readonly message: string; readonly code?: string | undefined }

export interface PythonLimits {
  /** Of one run, in milliseconds. */
  readonly timeMs: number
  /** Bytes of Python's own values. */
  readonly memoryBytes: number
  /** Bytes that the whole process may have resident. */
  readonly processBytes: number
  /** Calls within calls. */
  readonly nestedCalls: number
}

/** What a process with Python is started with. */
export interface PythonSettings {
  /** The URL of the module that imports the package for us, if it is an installed extra. */
  readonly importer?: string | undefined
  readonly limits: PythonLimits
}
