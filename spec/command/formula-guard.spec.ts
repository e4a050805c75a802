import { useCommand } from '../support/use-command.js'

describe('llm batch, answers that a spreadsheet would run', () => {
  const bench = useCommand()
  const asked = 'batch in.csv -t {name} --model gpt-4o-mini --output out.csv --batch-id b'.split(
    ' ',
  )

  it('counts them, and with --resume --formula-guard guards them without a call, from then on', async () => {
    await bench.workdir.write('in.csv', 'name,age\nAda,-1\n@Alan,2\n')
    bench.script.answer = text => (text === 'Ada' ? '=HYPERLINK("http://x";"y")' : '-0.5')

    const first = await bench.llm(asked)
    const plain = await bench.workdir.read('out.csv')
    const second = await bench.inProcess(['batch', 'in.csv', '--resume', '--formula-guard'])
    const guarded = await bench.workdir.read('out.csv')
    const third = await bench.inProcess(['batch', 'in.csv', '--resume'])

    expect(first.stderr).toContain('\n1 answer would run in a spreadsheet: see --formula-guard\n')
    expect(plain).toBe('name,age,response\nAda,-1,"=HYPERLINK(""http://x"";""y"")"\n@Alan,2,-0.5\n')
    expect(second.stderr).not.toContain('spreadsheet')
    expect(guarded).toBe(
      'name,age,response\nAda,-1,"\'=HYPERLINK(""http://x"";""y"")"\n\'@Alan,2,-0.5\n',
    )
    expect(third).toMatchObject({ exitCode: 0 })
    expect(await bench.workdir.read('out.csv')).toBe(guarded)
    expect(bench.server.requestCount()).toBe(2)
  })
})
