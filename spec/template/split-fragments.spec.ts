import { splitFragments } from '../../lib/template/split-fragments.js'

describe('splitFragments', () => {
  it.each([
    '!fragment',
    '!fragment\nstyle',
    '!fragment   ',
    '!fragment "open',
    '!fragment ""',
    `!fragment 'a`,
    '!fragment a, ',
    '!fragment "a", \nSum up',
    '!fragment , a',
  ])('refuses %j, which names nothing', text => {
    expect(() => splitFragments(text)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID', reach: 'run' }),
    )
  })

  it.each([
    ['!fragment style Sum up {x}', ['style'], 'Sum up {x}'],
    ['!fragment style\nSum up', ['style'], 'Sum up'],
    ['!fragment style\r\nSum up', ['style'], 'Sum up'],
    ['!fragment style\n\nSum up', ['style'], '\nSum up'],
    ['!fragment a !fragment b Sum up', ['a', 'b'], 'Sum up'],
    ['!fragment a\n!fragment b\n  Sum up', ['a', 'b'], '  Sum up'],
    ['!fragment a\n\n!fragment b\nSum up', ['a', 'b'], 'Sum up'],
    ['\n  !fragment a x', ['a'], 'x'],
    ['!fragment only', ['only'], ''],
    ['!fragment "my file.txt" Sum up', ['my file.txt'], 'Sum up'],
    [`!fragment 'my file.txt'\nSum up`, ['my file.txt'], 'Sum up'],
    ['!fragment ./a-b_c.md Sum up', ['./a-b_c.md'], 'Sum up'],
    ['!fragment a, b, c\nSum up, please', ['a', 'b', 'c'], 'Sum up, please'],
    [`!fragment "my file.txt", 'b',  c Sum, up`, ['my file.txt', 'b', 'c'], 'Sum, up'],
    ['!fragment https://example.com/?a=1,2 Sum up', ['https://example.com/?a=1,2'], 'Sum up'],
    ['!fragment a, b !fragment c, d Sum up', ['a', 'b', 'c', 'd'], 'Sum up'],
    ['!fragment a,\nSum up', ['a,'], 'Sum up'],
  ])('splits %j', (template, fragments, text) => {
    expect(splitFragments(template)).toEqual({ fragments, text })
  })

  it.each(['Sum up !fragment a', '', '  plain', '!fragments a', '!fragment-a', '{x} !fragment a'])(
    'leaves %j as it is',
    text => {
      expect(splitFragments(text)).toEqual({ fragments: [], text })
    },
  )
})
