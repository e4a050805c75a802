import { type BatchError, rowError } from '../error/batch-error.js'

export function attachmentNotFound(name: string, reason: string, cause?: unknown): BatchError {
  return rowError(
    'ATTACHMENT_NOT_FOUND',
    `The attachment ${name} was not found: ${reason}`,
    'Correct the path or the URL.',
    cause,
  )
}

export function attachmentUnreadable(name: string, reason: string, cause?: unknown): BatchError {
  return rowError(
    'ATTACHMENT_INVALID',
    `The attachment ${name} cannot be read: ${reason}`,
    'Check the file and its permissions.',
    cause,
  )
}

export function attachmentUntyped(name: string): BatchError {
  return rowError(
    'ATTACHMENT_INVALID',
    `The type of the attachment ${name} is not known`,
    'Say the type of a file for all rows with --attachment-type PATH MIME.',
  )
}

export function attachmentTooLarge(name: string, mostBytes: number): BatchError {
  return rowError(
    'ATTACHMENT_INVALID',
    `The attachment ${name} has more than ${mostBytes / 1_000_000} MB`,
    'Make the file smaller, or allow more with --max-attachment MB.',
  )
}

export function attachmentChanged(name: string): BatchError {
  return rowError(
    'ATTACHMENT_INVALID',
    `The attachment ${name} changed while the batch ran`,
    'Resume the batch once the file stays as it is.',
  )
}

export function addressLocal(name: string, address: string): BatchError {
  return rowError(
    'ATTACHMENT_INVALID',
    `The attachment ${name} is at a local or private address (${address})`,
    'If you trust the input, allow such addresses with --allow-local-urls.',
  )
}
