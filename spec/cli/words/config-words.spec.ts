import {
  givenByConfig,
  overConfig,
  readConfigOptions,
  settingRules,
} from '../../../lib/cli/words/config-words.js'

const nothing = { operands: [], texts: {}, lists: {}, switches: {}, pairs: {} }
const given = (defaults: Readonly<Record<string, unknown>>) => givenByConfig({ defaults })
const rule = (name: string) => settingRules()[name]

describe('settingRules', () => {
  it.each<[string, unknown, boolean]>([
    ['fail_fast', false, true],
    ['fail_fast', 'false', false],
    ['retries', 3, true],
    ['retries', '3', true],
    ['retries', -3, false],
    ['retries', true, false],
    ['retries', [3], false],
    ['retries', null, false],
    ['template', 'Hi {x}', true],
    ['template', '', false],
    ['system', '', true],
    ['fragment', 'style', true],
    ['fragment', ['style', 'rules'], true],
    ['fragment', 7, true],
    ['fragment', ['style', ''], false],
    ['fragment', ['style', null], false],
    ['fragment', { style: 'rules' }, false],
    ['option', { temperature: 0.2, stream: true, user: 'me' }, true],
    ['option', {}, false],
    ['option', null, false],
    ['option', ['temperature', 0.2], false],
    ['option', 'temperature', false],
    ['option', { stop: ['a'] }, false],
  ])('of %s: whether %j is accepted', (name, value, isAccepted) => {
    expect(rule(name)?.accepts?.(value)).toBe(isAccepted)
  })

  it.each([
    ['fail_fast', 'true or false'],
    ['option', 'a map, as in {temperature: 0.2}'],
    ['fragment', 'a text, or a list of texts'],
    ['retries', 'what --retries takes'],
  ])('of %s say what is expected', (name, expected) => {
    expect(rule(name)?.expected).toBe(expected)
  })
})

describe('givenByConfig', () => {
  it.each<[string, Readonly<Record<string, unknown>>, object]>([
    ['no word of nothing', {}, {}],
    ['a text of a number', { retries: 3 }, { texts: { retries: '3' } }],
    ['a switch', { fail_fast: false }, { switches: { failFast: false } }],
    ['a list of one text', { fragment: 'style' }, { lists: { fragment: ['style'] } }],
    ['a list', { fragment: ['style', 7] }, { lists: { fragment: ['style', '7'] } }],
    [
      'pairs in their order',
      { option: { temperature: 0.2, seed: '7', stream: true } },
      {
        pairs: {
          option: [
            ['temperature', '0.2'],
            ['seed', '7'],
            ['stream', 'true'],
          ],
        },
      },
    ],
    ['no word of a setting with a layer of its own', { model: 'echo', concurrency: 3 }, {}],
  ])('makes %s', (_what, defaults, words) => {
    expect(given(defaults)).toEqual({ ...nothing, ...words })
  })

  it('is read as the same words of a command line are', () => {
    const defaults = {
      ...{ attachment: 'a.png', attachment_type: { 'scan.bin': 'image/png' } },
      ...{ param: { language: 'French' }, system_fragment: ['tone'], max_cost: 3 },
    }
    expect(readConfigOptions(given(defaults))).toEqual({
      attachments: ['a.png', { name: 'scan.bin', type: 'image/png' }],
      params: { language: 'French' },
      systemFragments: ['tone'],
    })
    const alone = { attachment_type: { 'https://x.test/a': 'image/png' } }
    expect(readConfigOptions(given(alone))).toEqual({
      attachments: [{ name: 'https://x.test/a', type: 'image/png' }],
    })
  })
})

describe('overConfig', () => {
  it('lets typed words win, and keeps what only the file says', () => {
    const typed = {
      ...nothing,
      operands: ['x.csv'],
      texts: { retries: '1' },
      switches: { log: true },
    }
    const file = given({ retries: 3, limit: 9, quiet: true, dedupe: false })

    expect(overConfig(typed, file)).toEqual({
      ...typed,
      texts: { retries: '1', limit: '9' },
      switches: { log: true, quiet: true, dedupe: false },
    })
  })
})
