import { isProxied, proxySettings } from '../../../lib/model/transport/proxy-settings.js'

describe('proxySettings', () => {
  it.each([
    ['http://host:3128', 'http://host:3128'],
    ['host:3128', 'http://host:3128'],
    ['10.0.0.1:3128/', 'http://10.0.0.1:3128/'],
    ['me:p%40ss@host:80', 'http://me:p%40ss@host:80'],
    ['"http://host:3128"', 'http://host:3128'],
    ["'host:3128' ", 'http://host:3128'],
    ['socks5h://host:1080', 'socks5://host:1080'],
    ['socks://host:1080', 'socks://host:1080'],
    [' ', ''],
    ['""', ''],
  ])('reads %j as people mean it', (text, url) => {
    expect(proxySettings({ HTTPS_PROXY: text }).httpsProxy).toBe(url)
    expect(proxySettings({ http_proxy: text }).httpProxy).toBe(url)
  })

  it.each([
    'nonsense',
    'http://me:100%@host:80',
    'http://%zz@host:80',
    'ftp://host:21',
    'socks4://host:1080',
    'http://',
    'me:secret@host',
  ])('refuses %j, names the variable, and does not show the value', text => {
    expect(() => proxySettings({ https_proxy: text })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        reach: 'run',
        message: 'The proxy in https_proxy is not a proxy URL',
        remedy: expect.not.stringContaining('secret'),
      }),
    )
  })
})

describe('isProxied', () => {
  it.each([
    ['https://example.com', { HTTPS_PROXY: 'host:1' }, true],
    ['https://example.com', { HTTP_PROXY: 'host:1' }, true],
    ['http://example.com', { HTTPS_PROXY: 'host:1' }, false],
    ['http://example.com', { HTTP_PROXY: 'host:1' }, true],
    ['http://127.0.0.1:1', { HTTP_PROXY: 'host:1' }, false],
    ['https://example.com', {}, false],
  ])('tells of %s with %j: %s', (origin, environment, isBehind) => {
    expect(isProxied(origin, proxySettings(environment))).toBe(isBehind)
  })
})
