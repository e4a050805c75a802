import { type AddressInfo, createServer } from 'node:net'

/** Serves one file, and closes the connection after each reply at once, as old servers do. */
export interface ClosingServer {
  readonly origin: string
  readonly close: () => Promise<void>
}

export async function startClosingServer(content: Uint8Array): Promise<ClosingServer> {
  const length = `content-length: ${content.length}`
  const head = `HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: image/png\r\n${length}\r\n\r\n`
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.once('data', request => {
      socket.write(head)
      if (request.toString('latin1').startsWith('GET')) socket.write(content)
      socket.end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise(resolve => server.close(() => resolve())),
  }
}
