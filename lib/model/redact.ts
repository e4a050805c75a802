const keyLike = /\b(?:sk|pk|rk|gsk|xai|csk|fw|tgp|key|bearer)[-_ ][-\w*.…]{8,}|\bAIza[-\w*]{8,}/gi

/** A text of a server's without keys in it: not the one given, and nothing that looks like one. */
export function redact(text: string, key: string | undefined): string {
  const known = key === undefined || key === '' ? text : text.replaceAll(key, '[key]')
  return known.replace(keyLike, '[key]')
}
