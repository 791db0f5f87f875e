/** Logs of flows to be changed, one of every kind. */

const CONN = [
  'ts',
  'uid',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'service',
  'duration',
  'orig_bytes',
  'resp_bytes',
  'conn_state',
  'history',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
  'resp_ip_bytes',
]
const CONN_VALUES = [
  '1700000000.5',
  'C1',
  '10.0.0.1',
  '40000',
  '10.0.0.2',
  '443',
  'tcp',
  'ssl',
  '1.5',
  '100',
  '2000',
  'SF',
  'ShADadFf',
  '10',
  '600',
  '9',
  '2400',
]

/** What Zeek's other logs tell of that connection. */
const BESIDE: Readonly<Record<string, readonly (readonly [column: string, value: string])[]>> = {
  dns: [
    ['query', 'www.example.org'],
    ['qtype', '1'],
    ['rcode', '0'],
    ['answers', '192.0.2.1,192.0.2.2'],
  ],
  http: [
    ['method', 'GET'],
    ['host', 'example.org'],
    ['uri', '/a?b=%27'],
    ['user_agent', 'curl/8'],
    ['status_code', '404'],
  ],
  ssl: [
    ['server_name', 'example.org'],
    ['next_protocol', 'h2'],
  ],
  ssh: [
    ['client', 'SSH-2.0-x'],
    ['server', 'SSH-2.0-y'],
    ['auth_success', 'T'],
  ],
}

const EVENT = {
  timestamp: '2024-03-04T08:00:00.000000+0000',
  flow_id: 7,
  src_ip: '10.0.0.1',
  src_port: 40_000,
  dest_ip: '10.0.0.2',
  dest_port: 53,
  proto: 'UDP',
}
/** A question, what was read, an alert and the flow of both, as Suricata writes them. */
const EVE = [
  { ...EVENT, event_type: 'dns', dns: { type: 'query', rrname: 'www.example.org', rrtype: 'A' } },
  { ...EVENT, event_type: 'http', http: { http_method: 'GET', hostname: 'a.example', url: '/x', status: 200 } },
  { ...EVENT, event_type: 'tls', tls: { sni: 'a.example', client_alpns: ['h2'] } },
  { ...EVENT, event_type: 'ssh', ssh: { client: { proto_version: '2.0', software_version: 'x' } } },
  {
    ...EVENT,
    event_type: 'dhcp',
    dhcp: { dhcp_type: 'ack', hostname: 'pc', client_mac: '02:00:00:00:00:01', assigned_ip: '10.0.0.7' },
  },
  { ...EVENT, event_type: 'alert', alert: { signature: 'A name', category: 'Misc', severity: 2, signature_id: 1 } },
  {
    ...EVENT,
    event_type: 'flow',
    flow: {
      pkts_toserver: 1,
      pkts_toclient: 1,
      bytes_toserver: 80,
      bytes_toclient: 90,
      start: '2024-03-04T08:00:00.000000+0000',
      end: '2024-03-04T08:00:00.100000+0000',
    },
  },
]

const tsv = (path: string, columns: readonly string[], values: readonly string[]): string =>
  `#separator \\x09\n#path\t${path}\n#fields\t${columns.join('\t')}\n${values.join('\t')}\n`

const beside = Object.entries(BESIDE).map(([path, cells]) =>
  tsv(path, ['uid', 'ts', ...cells.map(([name]) => name)], ['C1', '1700000000.5', ...cells.map(([, value]) => value)]),
)
const lease = tsv(
  'dhcp',
  ['uids', 'ts', 'host_name', 'requested_addr', 'msg_types', 'mac', 'assigned_addr'],
  ['C1,C2', '1700000000.5', 'pc', '10.0.0.7', 'REQUEST,ACK', '02:00:00:00:00:01', '10.0.0.7'],
)
const conn = tsv('conn', CONN, CONN_VALUES)
const json = (columns: readonly string[], values: readonly string[]): string =>
  `${JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, Number(values[i]) || values[i]])))}\n`

/** Both halves of a flow, as nfdump prints them. */
const FLOW = {
  type: 'FLOW',
  first: '2024-03-04T08:00:00.0',
  last: '2024-03-04T08:00:01.5',
  in_packets: 5,
  in_bytes: 600,
  src4_addr: '10.0.0.1',
  dst4_addr: '10.0.0.2',
  src_port: 40_000,
  dst_port: 443,
  proto: 6,
  tcp_flags: '...AP.SF',
}
const BACK = { ...FLOW, src4_addr: '10.0.0.2', dst4_addr: '10.0.0.1', src_port: 443, dst_port: 40_000 }

/** By target: the kind of log, and samples. */
export const LOG_SAMPLES: Readonly<Record<string, { kind: string; samples: readonly string[] }>> = {
  'zeek-tsv': { kind: 'zeek', samples: [conn] },
  'zeek-json': { kind: 'zeek', samples: [json(CONN, CONN_VALUES)] },
  'zeek-joined': {
    kind: 'zeek',
    samples: [...beside, lease].map((log) => `${conn.split('\n', 3).join('\n')}\n${log}${conn}`),
  },
  eve: { kind: 'eve', samples: [EVE.map((event) => `${JSON.stringify(event)}\n`).join('')] },
  nfdump: {
    kind: 'nfdump',
    samples: [
      'ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt\n2024-03-04 08:00:00,2024-03-04 08:00:01,1.000,10.0.0.1,10.0.0.2,40000,443,TCP,...AP.SF,0,0,5,600\n2024-03-04 08:00:00,2024-03-04 08:00:01,1.000,10.0.0.2,10.0.0.1,443,40000,TCP,...AP.SF,0,0,4,900\n',
      `[\n${[FLOW, BACK].map((one) => JSON.stringify(one)).join(',\n')}\n]\n`,
    ],
  },
  binetflow: {
    kind: 'binetflow',
    samples: [
      'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes,srcUdata,Label\n2013/12/17 22:09:19.5,1.25,tcp,10.0.0.46,49158,   ->,203.0.113.9,80,FSPA_FSPA,0,0,10,5140,640,s[4]=R0VU,flow=Normal\n2013/12/17 22:09:20,0.030,icmp,10.0.0.46,0x0008,  <->,203.0.113.9,0x2d34,ECO,0,0,2,196,98,,\n',
    ],
  },
  cicflowmeter: {
    kind: 'cicflowmeter',
    samples: [
      'Flow ID,Source IP,Source Port,Destination IP,Destination Port,Protocol,Timestamp,Flow Duration,Total Fwd Packets,Total Backward Packets,Total Length of Fwd Packets,Total Length of Bwd Packets,Fwd IAT Mean,FIN Flag Count,Label\nx,10.0.0.1,40000,10.0.0.2,443,6,07/07/2017 03:30:00,1250000,5,4,600,900,200.5,1,BENIGN\n',
    ],
  },
  'unsw-nb15': {
    kind: 'unsw-nb15',
    samples: [
      'srcip,sport,dstip,dsport,proto,state,dur,sbytes,dbytes,sttl,ct_state_ttl,service,spkts,dpkts,stime,attack_cat,label\n10.0.0.1,40000,10.0.0.2,53,udp,CON,0.001,132,164,31,0,dns,2,2,1421927414,,0\n',
    ],
  },
}
