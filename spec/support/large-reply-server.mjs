/**
 * Answers every request with an answer of so many megabytes. To be forked; sends its port.
 */
import { createServer } from 'node:http'

const megabytes = Number(process.argv[2])
const piece = Buffer.alloc(1_000_000, 'aaaaaaa ')
const server = createServer((request, response) => {
  request.resume()
  response.write('{"choices": [{"finish_reason": "stop", "message": {"content": "')
  let sent = 0
  const more = () => {
    if (response.destroyed) return
    if (sent === megabytes) return response.end('"}}]}')
    sent += 1
    response.write(piece, more)
  }
  more()
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
