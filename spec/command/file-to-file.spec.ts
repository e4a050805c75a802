import { useCommand } from '../support/use-command.js'

const sentiment = 'Analyze sentiment (positive/negative/neutral): {review_text}'

function sentimentOf(prompt: string): string {
  if (/Amazing|Great/.test(prompt)) return 'Sentiment: Positive'
  return /Terrible|Broke/.test(prompt) ? 'Sentiment: Negative' : 'Sentiment: Neutral'
}

describe('llm batch, from file to file', () => {
  const bench = useCommand()

  it('adds the answers to a CSV as its last column, with quotes only where CSV needs them', async () => {
    bench.script = { answer: sentimentOf }
    await bench.workdir.write(
      'reviews.csv',
      'customer_id,review_text\n' +
        '1001,"Amazing product! Highly recommend."\n' +
        '1002,"Terrible quality. Broke after one day."\n' +
        '1003,"It\'s okay, nothing special."\n',
    )

    const { exitCode } = await bench.llm(
      `batch reviews.csv --output sentiment_results.csv --concurrency 3 --rate-limit 2000 --template`
        .split(' ')
        .concat(sentiment),
    )

    expect(await bench.workdir.read('sentiment_results.csv')).toBe(
      'customer_id,review_text,response\n' +
        '1001,Amazing product! Highly recommend.,Sentiment: Positive\n' +
        '1002,Terrible quality. Broke after one day.,Sentiment: Negative\n' +
        '1003,"It\'s okay, nothing special.",Sentiment: Neutral\n',
    )
    expect(exitCode).toBe(0)
    expect([...bench.server.calls.keys()][0]).toMatch(/^Analyze sentiment \(positive/)
  })

  it('keeps the types of JSON and adds the answers to each object', async () => {
    bench.script = { answer: sentimentOf }
    await bench.workdir.write(
      'reviews.json',
      '[{"review": "Great!", "rating": 5}, {"review": "Broke.", "rating": 1.5}]',
    )

    const { exitCode } = await bench.inProcess([
      ...'batch reviews.json --output analysis.json --template'.split(' '),
      'Sentiment of: {review} ({rating})',
    ])

    expect(exitCode).toBe(0)
    expect(JSON.parse(await bench.workdir.read('analysis.json'))).toEqual([
      { review: 'Great!', rating: 5, response: 'Sentiment: Positive' },
      { review: 'Broke.', rating: 1.5, response: 'Sentiment: Negative' },
    ])
    expect([...bench.server.calls.keys()]).toEqual([
      'Sentiment of: Great! (5)',
      'Sentiment of: Broke. (1.5)',
    ])
  })

  it('reaches into nested fields and keeps them', async () => {
    bench.script = { answer: () => 'billing' }
    const tickets = [{ id: 'T-1', subject: 'Charged twice', customer: { plan: 'business' } }]
    await bench.workdir.write('tickets.json', JSON.stringify(tickets))

    await bench.inProcess([
      ...'batch tickets.json --output classified_tickets.json --template'.split(' '),
      'Classify for a {customer.plan} customer: {subject}',
    ])

    expect(JSON.parse(await bench.workdir.read('classified_tickets.json'))).toEqual([
      { ...tickets[0], response: 'billing' },
    ])
    expect([...bench.server.calls.keys()]).toEqual([
      'Classify for a business customer: Charged twice',
    ])
  })

  it('writes in input order although later rows are answered first', async () => {
    bench.script = { latencyMs: text => (text === 'slow' ? 300 : 0), answer: text => `${text}!` }
    await bench.workdir.write('in.txt', 'slow\nb\nc\nd\n')

    await bench.inProcess('batch in.txt --output out.csv --concurrency 2'.split(' '))

    expect(await bench.workdir.read('out.csv')).toBe(
      'prompt,response\nslow,slow!\nb,b!\nc,c!\nd,d!\n',
    )
  })

  it('writes as answers come with --unordered', async () => {
    bench.script = { latencyMs: text => (text === 'slow' ? 500 : 0), answer: text => `${text}!` }
    await bench.workdir.write('in.txt', 'slow\nb\nc\n')

    await bench.inProcess('batch in.txt --output out.csv --concurrency 2 --unordered'.split(' '))

    expect((await bench.workdir.read('out.csv')).split('\n')[3]).toBe('slow,slow!')
  })

  it('names the column of the answers as it is told', async () => {
    await bench.workdir.write('in.txt', 'a\n')

    await bench.inProcess('batch in.txt --output out.jsonl --response-column answer'.split(' '))

    expect(await bench.workdir.read('out.jsonl')).toBe('{"prompt":"a","answer":"Answer to: a"}\n')
  })

  it('keeps the place of a failed row, empty in CSV, null with its error in JSONL, and exits 1', async () => {
    bench.script = {
      fault: (_number, text) =>
        text === 'bad'
          ? { kind: 'reply', status: 400, body: { error: { message: 'Not like this' } } }
          : undefined,
    }
    await bench.workdir.write('in.txt', 'a\nbad\nc\n')

    const csv = await bench.inProcess('batch in.txt --output out.csv'.split(' '))
    const jsonl = await bench.inProcess('batch in.txt --output out.jsonl'.split(' '))

    expect([csv.exitCode, jsonl.exitCode]).toEqual([1, 1])
    expect(await bench.workdir.read('out.csv')).toBe(
      'prompt,response\na,Answer to: a\nbad,\nc,Answer to: c\n',
    )
    const lines = (await bench.workdir.read('out.jsonl')).trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line))).toMatchObject([
      { prompt: 'a', response: 'Answer to: a' },
      { prompt: 'bad', response: null, error: { code: 'REQUEST_REJECTED' } },
      { prompt: 'c', response: 'Answer to: c' },
    ])
  })

  it('sends system prompt and options as llm spells them', async () => {
    await bench.workdir.write('in.txt', 'a\n')

    await bench.inProcess([
      ...'batch in.txt --output out.csv -o temperature 0.2 -o max_tokens 50'.split(' '),
      '--system',
      'Answer in one word.',
    ])

    const [request] = bench.server.requests
    expect(request?.system).toBe('Answer in one word.')
    expect(request?.body).toMatchObject({ temperature: 0.2 })
    expect(request?.headers.authorization).toBe('Bearer sk-spec-5e3c7a91f0d2')
  })

  it('offers the echo model, which answers with the prompt and asks nobody', async () => {
    await bench.workdir.write('in.txt', 'Hello there\n')

    const { exitCode } = await bench.inProcess(
      'batch in.txt --output out.csv --model echo'.split(' '),
    )

    expect(exitCode).toBe(0)
    expect(await bench.workdir.read('out.csv')).toBe('prompt,response\nHello there,Hello there\n')
    expect(bench.server.requestCount()).toBe(0)
  })
})
