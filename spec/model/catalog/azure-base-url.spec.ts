import { azureBaseUrl } from '../../../lib/model/catalog/azure-base-url.js'

const endpoint = 'https://us.openai.azure.com'

describe('azureBaseUrl', () => {
  it.each([
    [endpoint, '2024-10-21', `${endpoint}/openai/deployments/my%20gpt?api-version=2024-10-21`],
    [
      `${endpoint}/`,
      ' 2024-10-21 ',
      `${endpoint}/openai/deployments/my%20gpt?api-version=2024-10-21`,
    ],
    [endpoint, undefined, `${endpoint}/openai/v1`],
    [`${endpoint}/openai/v1/`, '', `${endpoint}/openai/v1`],
  ])('makes of %s and version %s the address of a deployment', (url, version, baseUrl) => {
    const environment = { AZURE_OPENAI_ENDPOINT: url, AZURE_OPENAI_API_VERSION: version }

    expect(azureBaseUrl(environment, 'my gpt')).toBe(baseUrl)
  })

  it('refuses to guess an endpoint', () => {
    expect(() => azureBaseUrl({ AZURE_OPENAI_ENDPOINT: ' ' }, 'gpt')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', reach: 'run' }),
    )
  })

  it('leaves a whole base URL alone', () => {
    expect(azureBaseUrl({ AZURE_BASE_URL: 'http://gateway/v1' }, 'gpt')).toBeUndefined()
  })
})
