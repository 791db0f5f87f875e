/** Real application payloads for measured traffic. */

const LABELS = ['www', 'api', 'cdn-images', 'login', 'a1b2c3d4', 'static', 'mail'] as const

/** A DNS question, or the answer to it, about the `n`th name. */
function dnsMessage(n: number, reply: boolean): Buffer {
  const labels = [`${LABELS[n % LABELS.length]}${n % 97}`, `example${n % 3_001}`, 'com']
  const name = Buffer.concat(labels.map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`)))
  const header = Buffer.from([n >> 8, n, reply ? 0x81 : 0x01, 0, 0, 1, 0, reply ? 1 : 0, 0, 0, 0, 0])
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, n])
  return Buffer.concat([header, name, Buffer.from([0, 0, 1, 0, 1]), reply ? answer : Buffer.alloc(0)])
}

function clientHello(n: number): Buffer {
  const name = Buffer.from(`www.example${n % 3_001}.com`)
  const extension = Buffer.concat([
    words(0, name.length + 5, name.length + 3),
    Buffer.from([0]),
    words(name.length),
    name,
  ])
  const others = Buffer.concat([words(51, 38, 36, 29, 32), Buffer.alloc(32, 7), words(43, 3), Buffer.from([2, 3, 4])])
  const extensions = Buffer.concat([others, extension])
  const body = Buffer.concat([
    words(0x0303),
    Buffer.alloc(32, 5),
    Buffer.from([0]),
    words(2, 0x1301),
    Buffer.from([1, 0]),
    words(extensions.length),
    extensions,
  ])
  return Buffer.concat([Buffer.from([22, 3, 1]), words(body.length + 4), Buffer.from([1, 0]), words(body.length), body])
}

function httpRequest(n: number): Buffer {
  const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36'
  return Buffer.from(
    `GET /page/${n}?id=${n % 100}&lang=en HTTP/1.1\r\nHost: www.example${n % 3_001}.com\r\nUser-Agent: ${agent}\r\n\r\n`,
  )
}

function words(...values: number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [value >> 8, value & 255]))
}

/** What one end of the `n`th conversation says first, by the responder's port: empty when it says nothing of note. */
export function contentOf(port: number, n: number, reply: boolean): Buffer {
  switch (port) {
    case 53:
      return dnsMessage(n, reply)
    case 80:
      return reply ? Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n') : httpRequest(n)
    case 443:
      return reply ? Buffer.from([22, 3, 3, 0, 90, 2, 0, 0, 86]) : clientHello(n)
    case 22:
      return Buffer.from(reply ? 'SSH-2.0-OpenSSH_9.6\r\n' : 'SSH-2.0-libssh_0.10\r\n')
    default:
      return Buffer.alloc(0)
  }
}
