import { hideSecrets } from '../../../lib/model/secret/hide-secrets.js'
import { collectSecrets } from '../../../lib/model/transport/collect-secrets.js'

const key = 'sk-live/Ab12+Cd34=Ef56'
const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('hideSecrets', () => {
  const hide = hideSecrets([key])

  it.each([
    ['as it is', `Bearer ${key}.`, 'Bearer [key].'],
    ['in an address', `?key=${encodeURIComponent(key)}&a=1`, '?key=[key]&a=1'],
    ['in a lower-case address', key.replaceAll(/[^\w-]/g, percent), '[key]'],
    ['in JSON with escaped slashes', JSON.stringify(key).replace('/', '\\/'), '"[key]"'],
    ['in JSON with every letter escaped', escaped(key), '[key]'],
    ['twice, between other letters', `a${key}b${key}c`, 'a[key]b[key]c'],
    ['behind ten thousand blanks', `${' '.repeat(10_000)}${key}`, `${' '.repeat(10_000)}[key]`],
  ])('removes a secret that is written %s', (_how, text, hidden) => {
    expect(hide(text)).toBe(hidden)
  })

  it.each(['', 'a', 'ab', 'user:', 'some-user:'])(
    'takes a secret out of base64, behind "%s"',
    before => {
      const hidden = hide(`Basic ${base64(`${before}${key}:`)}`)
      const left = Buffer.from(hidden.replace('[key]', '').slice('Basic '.length), 'base64')
      expect(hidden).toContain('[key]')
      expect(left.toString('latin1')).not.toContain(key.slice(3, -3))
    },
  )

  it('leaves a text with only parts of a secret unchanged', () => {
    for (const text of [key.slice(1), key.slice(0, -1), 'Ab12 Cd34', ''])
      expect(hide(text)).toBe(text)
  })

  it.each(['EMPTY', 'anything', 'x', 'lm-studio', 'sk-no-key-required'])(
    'takes a word for a secret only where a key is named: %s',
    word => {
      const hideWord = hideSecrets([word])
      expect(hideWord(`The list is ${word}, not ${word}s.`)).toBe(
        `The list is ${word}, not ${word}s.`,
      )
      expect(hideWord(`{"authorization":"Bearer ${word}"}`)).toBe(
        '{"authorization":"Bearer [key]"}',
      )
      expect(hideWord(`{\\"x-api-key\\": \\"${word}\\"}`)).toBe('{\\"x-api-key\\": \\"[key]\\"}')
    },
  )

  it('hides nothing if there is no secret', () => {
    expect(hideSecrets([])('a')).toBe('a')
    expect(hideSecrets([''])('a')).toBe('a')
  })
})

describe('collectSecrets', () => {
  it('lists the key, headers with a secret, and the password of a proxy', () => {
    const headers = { 'api-key': 'azure-1', Authorization: 'Basic dTpw', 'x-title': 'mine' }
    const proxies = {
      HTTPS_PROXY: 'http://me:p%40ss@proxy.test:1',
      HTTP_PROXY: 'http://other.test',
    }
    const secrets = collectSecrets(key, headers, proxies)
    expect(secrets).toEqual([key, 'azure-1', 'dTpw', 'p@ss', base64('me:p@ss')])
  })
})

function escaped(text: string): string {
  return [...text].map(letter => `\\u00${letter.charCodeAt(0).toString(16)}`).join('')
}

function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16)}`
}
