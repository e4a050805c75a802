import { type BatchError, runError } from '../../error/batch-error.js'
import type { ModelReference, Wire } from './model-reference.js'
import { findProvider } from './provider-list.js'

/** What of attachments a model takes. */
export interface AttachmentRules {
  /** MIME types that may be sent; `image/*` stands for all images. */
  readonly types: readonly string[]
  /** Why `types` is empty. */
  readonly refusal?: string
  /** Whether the provider fetches the URL of an attachment of this type by itself. */
  readonly isUrlSent: (type: string) => boolean
}

/** A part of a reference that says what its model takes. */
export type AttachmentTaker = Pick<
  ModelReference,
  'id' | 'wire' | 'provider' | 'baseUrl' | 'attachmentTypes'
>

const pdf = 'application/pdf'
export const visionTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', pdf]
export const audioTypes = ['audio/wav', 'audio/mpeg']

/**
 * What llm-gemini lists, which is what Google does.
 *
 * @see https://ai.google.dev/gemini-api/docs/image-understanding#supported-formats
 * @see https://ai.google.dev/gemini-api/docs/audio#supported-formats
 * @see https://ai.google.dev/gemini-api/docs/video-understanding#supported-formats
 */
const googleTypes = [
  ...['text/*', pdf, 'image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif'],
  ...[...audioTypes, 'audio/aiff', 'audio/aac', 'audio/ogg', 'audio/flac'],
  ...['video/mp4', 'video/mpeg', 'video/quicktime', 'video/avi', 'video/webm', 'video/3gpp'],
]

/**
 * Attachments that a model takes, by llm's facts about its models. What a model of another server
 * takes is not known, so whatever the wire has a form for is sent.
 */
export function attachmentRules(reference: AttachmentTaker): AttachmentRules {
  const { wire, id, attachmentTypes } = reference
  const isUrlSent = (type: string) => urlTypes(reference).some(known => isOfType(type, known))
  const types = attachmentTypes ?? attachmentTypesOf(reference)
  if (types.length > 0) return { types, isUrlSent }
  return { types, refusal: refusalOf(wire, id, attachmentTypes !== undefined), isUrlSent }
}

/** @param known a type, or `image/*`. */
export function isOfType(type: string, known: string): boolean {
  return known.endsWith('/*') ? type.startsWith(known.slice(0, -1)) : type === known
}

/** @throws {BatchError} ATTACHMENT_INVALID, reach run, if the model takes no attachments at all. */
export function checkTakesAttachments(reference: AttachmentTaker): void {
  const { refusal } = attachmentRules(reference)
  if (refusal === undefined) return
  throw runError(
    'ATTACHMENT_INVALID',
    `${reference.id} takes no attachments: ${refusal}`,
    'Leave the attachments out, or use another model.',
  )
}

/** The MIME types that a model takes; `image/*` stands for all images. */
export function attachmentTypesOf({
  wire,
  id,
}: Pick<AttachmentTaker, 'id' | 'wire'>): readonly string[] {
  switch (wire) {
    case 'openai-chat':
      return chatTypes(id)
    case 'openai-responses':
      return id === 'o3-mini' ? [] : visionTypes
    case 'anthropic':
      return [...visionTypes, 'text/*']
    case 'google':
      return googleTypes
    case 'openai-compatible':
      return ['image/*', pdf, ...audioTypes]
    case 'echo':
    case 'own':
      return ['application/*', 'audio/*', 'image/*', 'text/*', 'video/*']
    case 'gguf':
    case 'openai-completion':
      return []
  }
}

/** The audio models of OpenAI are not on llm's list any more. */
function chatTypes(id: string): readonly string[] {
  if (/^gpt-(?:3\.5|4$|4-turbo)/.test(id)) return []
  if (id.includes('audio')) return audioTypes
  return id.startsWith('openai/') ? [...visionTypes, ...audioTypes] : visionTypes
}

/**
 * llm sends URLs of images to OpenAI's models and those like them, and of PDFs too to Anthropic's.
 * Google fetches its own storage only. Other servers may not fetch at all.
 */
function urlTypes({ wire, provider, baseUrl }: AttachmentTaker): readonly string[] {
  switch (wire) {
    case 'openai-chat':
    case 'openai-responses':
      return baseUrl === undefined ? ['image/*'] : []
    case 'openai-compatible':
      return baseUrl === undefined && findProvider(provider)?.isLocal === false ? ['image/*'] : []
    case 'anthropic':
      return ['image/*', pdf]
    case 'echo':
      return ['application/*', 'audio/*', 'image/*', 'text/*', 'video/*']
    default:
      return []
  }
}

function refusalOf(wire: Wire, id: string, isExtra: boolean): string {
  if (wire === 'gguf') return 'models in GGUF files get text only here'
  if (wire === 'openai-completion') return 'the old completions endpoint takes text only'
  if (isExtra) return 'its entry in extra-openai-models.yaml has no "vision: true" or "audio: true"'
  return `${id} reads text only`
}

/** A type that a model does not take. `reach` is that of the caller's error. */
export function typeNotTaken(
  { name, type }: { readonly name: string; readonly type: string },
  { id, types }: { readonly id: string; readonly types: readonly string[] },
): Pick<BatchError, 'code' | 'message'> & { readonly remedy: string } {
  return {
    code: 'ATTACHMENT_INVALID',
    message: `${id} does not take the attachment ${name} of type ${type}`,
    remedy: `The model takes: ${types.join(', ')}.`,
  }
}
