import {
  arp,
  bytesOf,
  clientHello,
  concat,
  cryptoFrame,
  dns,
  erspan,
  ethernet,
  extension,
  fragments,
  geneve,
  gre,
  gtpU,
  httpRequest,
  httpResponse,
  icmp,
  icmp6,
  ipv4,
  ipv6,
  mpls,
  packet,
  ppp,
  pppoe,
  pptp,
  quicInitial,
  sctp,
  serverHello,
  synOptions,
  tcp,
  u8,
  u16,
  udp,
  vlan,
  vxlan,
  zeros,
} from '../craft/index.ts'

const link = ethernet()
const four = ipv4({ src: '10.0.0.1', dst: '10.0.0.2' })
const six = ipv6({ src: 'fd00::1', dst: 'fd00::2' })
const inside = [ipv4({ src: '10.1.0.1', dst: '10.1.0.2' }), tcp({ srcPort: 40_000, dstPort: 443 }), 'inside'] as const
const guest = ethernet({ src: '02:00:00:00:00:0a', dst: '02:00:00:00:00:0b' })
const on = (dstPort: number) => udp({ srcPort: 40_000, dstPort })
const stream = (dstPort: number) => tcp({ srcPort: 40_000, dstPort, flags: 'PA' })

/** Application payloads by protocol: port, whether over TCP, content. */
export const PAYLOADS: Readonly<
  Record<string, readonly (readonly [port: number, tcp: boolean, content: Uint8Array])[]>
> = {
  dns: [
    [53, false, dns({ name: 'www.example.com', type: 'AAAA' })],
    [
      53,
      false,
      dns({
        name: 'a.example',
        response: true,
        answers: [
          { type: 'A', value: '192.0.2.1' },
          { type: 'TXT', value: 'text' },
        ],
      }),
    ],
    [
      5353,
      false,
      dns({ name: 'printer.local', type: 'PTR', response: true, answers: [{ type: 'PTR', value: 'x.printer.local' }] }),
    ],
    [53, true, concat(u16(33), dns({ name: 'www.example.com' }))],
    [137, false, concat(u16(7, 0x2910, 1, 0, 0, 1), u8(32), 'EMEBFAFEEPFACACACACACACACACACAAA', u8(0), u16(32, 1))],
  ],
  tls: [
    [443, true, clientHello()],
    [443, true, serverHello()],
    [443, true, u8(0x80, 46, 1, 3, 1, 0, 3, 0, 0, 0, 32)],
  ],
  http: [
    [80, true, httpRequest({ path: '/a/../b?x=%27%20or+1=1', userAgent: 'curl/8' })],
    [80, true, httpResponse({ status: 404 })],
    [
      1900,
      false,
      bytesOf(
        'NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nSERVER: Linux UPnP/1.0 tv/1\r\nNT: upnp:rootdevice\r\n\r\n',
      ),
    ],
  ],
  ssh: [
    [22, true, bytesOf('SSH-2.0-OpenSSH_9.6\r\n')],
    [25, true, bytesOf('220 mail.example ESMTP ready\r\n')],
    [445, true, concat(u8(0, 0, 0, 68), u8(0xfe), 'SMB', zeros(64))],
    [3389, true, u8(3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0)],
    [502, true, concat(u16(1, 0, 6), u8(1, 3), u16(0, 10))],
    [69, false, concat(u16(1), 'file.bin', u8(0), 'octet', u8(0))],
  ],
  dhcp: [
    [
      67,
      false,
      concat(
        u8(1, 1, 6, 0),
        zeros(24),
        u8(2, 0, 0, 0, 0, 1),
        zeros(202),
        u8(99, 130, 83, 99, 53, 1, 3, 12, 6),
        'laptop',
        u8(50, 4, 10, 0, 0, 9, 255),
      ),
    ],
  ],
  local: [
    [
      5353,
      false,
      concat(u16(0, 0x8400, 0, 0, 0, 1), u8(2), 'tv', u8(5), 'local', u8(0), u16(1, 1, 0, 120, 4), u8(10, 0, 0, 1)),
    ],
    [
      137,
      false,
      concat(
        u16(7, 0x2910, 1, 0, 0, 1),
        u8(32),
        'EMEBFAFEEPFACACACACACACACACACAAA',
        u8(0),
        u16(32, 1, 0xc00c, 32, 1, 0, 300, 6, 0),
        u8(10, 0, 0, 1),
      ),
    ],
    [
      138,
      false,
      concat(
        u8(0x11, 2),
        u16(7),
        u8(10, 0, 0, 1),
        u16(138, 68, 0),
        u8(32),
        'EMEBFAFEEPFACACACACACACACACACAAA',
        u8(0, 0),
      ),
    ],
    [1900, false, bytesOf('HTTP/1.1 200 OK\r\nSERVER: Linux UPnP/1.0 tv/1\r\nST: upnp:rootdevice\r\n\r\n')],
  ],
  quic: [
    [443, false, quicInitial({ frames: cryptoFrame(0, clientHello().subarray(5)) })],
    [
      443,
      false,
      quicInitial({
        version: 2,
        frames: concat(u8(1), cryptoFrame(30, clientHello().subarray(35)), u8(2, 9, 0, 1, 0, 0, 0)),
      }),
    ],
  ],
}

/** Frames from the link to the transport. */
export const FRAMES: readonly Uint8Array[] = [
  packet(link, four, tcp({ srcPort: 1, dstPort: 2, flags: 'S', options: synOptions() })),
  packet(link, vlan({ id: 7, service: true }), vlan({ id: 8 }), four, on(2000), 'content'),
  packet(link, four, icmp({ type: 8, rest: 7 }), 'ping'),
  packet(link, four, icmp({ type: 3, code: 1 }), packet(four, on(9))),
  packet(link, four, sctp({ srcPort: 7, dstPort: 8 })),
  packet(link, six, extension(0), extension(43), extension(60), icmp6({ type: 128, rest: 9 })),
  packet(link, arp({ operation: 'request', senderMac: '02:00:00:00:00:01', sender: '10.0.0.1', target: '10.0.0.2' })),
  ...fragments(packet(link, four, on(2000), zeros(100)), 48),
  ...fragments(packet(link, six, on(2000), zeros(100)), 48),
]

/** Frames of every tunnel. */
export const TUNNELLED: readonly Uint8Array[] = [
  packet(link, four, gre({ key: 1, sequence: 2 }), ...inside),
  packet(link, four, gre({ type: 0x883e }), ...inside),
  packet(link, four, pptp(), ppp(), ...inside),
  packet(link, four, gre({ type: 0x88be, sequence: 1 }), erspan({ type: 2 }), guest, ...inside),
  packet(link, four, gre({ type: 0x22eb, sequence: 1 }), erspan({ type: 3, subheader: true }), guest, ...inside),
  packet(link, four, ...inside),
  packet(link, six, ...inside),
  packet(link, four, on(4789), vxlan(), guest, vlan({ id: 4 }), ...inside),
  packet(link, four, on(6081), geneve({ words: 2 }), guest, ...inside),
  packet(link, four, on(2152), gtpU({ extension: true }), ...inside),
  packet(link, four, on(3544), u8(0, 0, 0, 0, 0, 0, 0, 0), packet(six, on(9), 'x')),
  packet(link, mpls({ bottom: false }), mpls(), ...inside),
  packet(link, pppoe(), ...inside),
]

/** All of it as frames, the payloads too. */
export const PACKETS: readonly Uint8Array[] = [
  ...FRAMES,
  ...TUNNELLED,
  ...Object.values(PAYLOADS).flatMap((list) =>
    list.flatMap(([port, isTcp, content]) => [
      packet(link, four, isTcp ? stream(port) : on(port), content),
      packet(
        link,
        ipv4({ src: '10.0.0.2', dst: '10.0.0.1' }),
        isTcp ? tcp({ srcPort: port, dstPort: 40_000 }) : udp({ srcPort: port, dstPort: 40_000 }),
        content,
      ),
    ]),
  ),
]
