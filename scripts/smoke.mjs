// Starts the program as `npm start` does, on a free port, and waits for a verdict to reach a Socket.IO client.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { io } from 'socket.io-client'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const DEADLINE = 60_000

const port = await freePort()
const dataDir = mkdtempSync(join(tmpdir(), 'nads-smoke-'))
const child = spawn('npm', ['start', '--', '--port', String(port), '--data-dir', dataDir], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true,
})
const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] })
const timer = setTimeout(() => finish(`no verdict within ${DEADLINE / 1000} s`), DEADLINE)
child.on('exit', (code) => finish(`the program ended with ${code}`))
socket.on('new_packet', ({ packet, stats }) => {
  if (packet === null) return
  const { status, method, confidence } = packet
  process.stdout.write(`smoke: ${packet.source} -> ${packet.destination} ${status} ${method} ${confidence}\n`)
  const sound = ['Normal', 'Anomaly'].includes(status) && confidence >= 0 && confidence <= 1 && stats.totalPackets > 0
  finish(sound ? null : 'the verdict makes no sense')
})

function finish(problem) {
  clearTimeout(timer)
  child.removeAllListeners('exit')
  socket.close()
  signalGroup('SIGTERM')
  // npm ends before the program it started, which is still closing its store.
  const giveUp = Date.now() + DEADLINE
  const wait = setInterval(() => {
    const over = !signalGroup(0)
    if (!over && Date.now() < giveUp) return
    clearInterval(wait)
    signalGroup('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 })
    const outcome = over ? problem : (problem ?? 'the program does not stop')
    process.stdout.write(outcome === null ? 'smoke: 1 passed, 0 failed\n' : `smoke: ${outcome}\n`)
    process.exit(outcome === null ? 0 : 1)
  }, 100)
}

/** Sends `signal` to npm and all it started; false when none of them is left. */
function signalGroup(signal) {
  try {
    return process.kill(-child.pid, signal)
  } catch {
    return false
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address()
      probe.close(() => resolve(free))
    })
  })
}
