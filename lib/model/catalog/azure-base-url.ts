import { runError } from '../../error/batch-error.js'

/**
 * The base URL of a deployment at Azure OpenAI, from the variables of Azure's own libraries.
 *
 * With AZURE_OPENAI_API_VERSION, the path names the deployment. Without, the address is that of the
 * newer API without versions, which takes the deployment as the model.
 *
 * @returns undefined if AZURE_BASE_URL gives the whole base URL.
 * @throws {BatchError} CONFIG_INVALID, reach run, without an endpoint.
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export function azureBaseUrl(
  environment: Readonly<Record<string, string | undefined>>,
  deployment: string,
): string | undefined {
  const { AZURE_BASE_URL, AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_VERSION } = environment
  if (AZURE_BASE_URL?.trim()) return undefined
  const endpoint = AZURE_OPENAI_ENDPOINT?.trim().replace(/(?<!\/)\/+$/, '')
  if (!endpoint) {
    throw runError(
      'CONFIG_INVALID',
      'The endpoint of Azure OpenAI is not known',
      'Set AZURE_OPENAI_ENDPOINT, such as https://NAME.openai.azure.com, and AZURE_OPENAI_API_VERSION, such as 2024-10-21.',
    )
  }
  // Azure's portal shows an endpoint with and without the path.
  const root = endpoint.replace(/\/openai(\/v1)?$/, '')
  const version = AZURE_OPENAI_API_VERSION?.trim()
  if (!version) return `${root}/openai/v1`
  const query = new URLSearchParams({ 'api-version': version })
  return `${root}/openai/deployments/${encodeURIComponent(deployment)}?${query}`
}
