import type { CommandSurroundings } from '../words/command.js'

/** Fetches the text of a URL. The client for it is loaded with the first URL. */
export function fragmentFetcher({
  environment,
  clock,
}: Pick<CommandSurroundings, 'environment' | 'clock'>): (url: string) => Promise<string> {
  return async url => {
    const { fetchText } = await import('../../model/transport/fetch-text.js')
    return fetchText(url, { environment, clock })
  }
}
