import { performance } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'

/**
 * What Prometheus expects of every process; call what it returns at the moment of the scrape. prom-client's own also measure between scrapes,
 * by a timer every 10 ms and an observer of garbage collection, which cost an idle program more than its work does.
 */
export function createProcessMetrics(registers: Registry[]): () => void {
  let loop = performance.eventLoopUtilization()
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time, user and system, of all threads.',
    registers,
  })
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers })
  const resident = gauge('process_resident_memory_bytes', 'Resident memory.')
  const heap = gauge('nodejs_heap_size_used_bytes', 'Heap in use of the main thread.')
  const external = gauge('nodejs_external_memory_bytes', 'Memory of buffers of the main thread.')
  const busy = gauge(
    'nodejs_eventloop_utilization',
    'Share of the time since the last scrape the main thread was busy.',
  )
  gauge('process_start_time_seconds', 'When the process began.').set(performance.timeOrigin / 1_000)
  return () => {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, external: outside } = process.memoryUsage()
    const before = loop
    loop = performance.eventLoopUtilization()
    cpu.reset()
    cpu.inc((user + system) / 1e6)
    resident.set(rss)
    heap.set(heapUsed)
    external.set(outside)
    busy.set(performance.eventLoopUtilization(loop, before).utilization)
  }
}
