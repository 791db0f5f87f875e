import uPlot from 'uplot'
import type { Bins } from './bins.ts'

/** Bars of normal traffic with the anomalous stacked on top; `onhover` gets the bar under the pointer, or null. */
export function createChart(element: HTMLElement, onhover: (index: number | null) => void): uPlot {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  const bars = uPlot.paths.bars!({ size: [0.75, 24], radius: 0.1, align: 1 })
  const axis: uPlot.Axis = {
    stroke: token('--text-3'),
    font: `11px ${style.fontFamily}`,
    grid: { stroke: token('--line'), width: 1 },
    ticks: { show: false },
  }
  return new uPlot(
    {
      width: Math.max(1, element.clientWidth),
      height: Math.max(1, element.clientHeight),
      padding: [12, 28, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
      scales: { x: { time: true }, y: {} },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: 90,
          size: 32,
          gap: 6,
          values: (_, times) => times.map(axisTime(times)),
        },
        {
          ...axis,
          space: 36,
          size: 48,
          gap: 8,
          incrs: STEPS,
          values: (_, values) => values.map((v) => SHORT.format(v)),
        },
      ],
      series: [
        {},
        { label: 'all', fill: token('--anomaly'), width: 0, paths: bars, points: { show: false } },
        { label: 'normal', fill: token('--accent'), width: 0, paths: bars, points: { show: false } },
      ],
      hooks: {
        setCursor: [(chart) => onhover(chart.cursor.idx ?? null)],
        draw: [(chart) => drawMarks(chart, token('--anomaly'))],
      },
    },
    [[], [], []],
    element,
  )
}

/** Puts `bins` into the chart; the x axis reaches to the end of the last bar. */
export function showBins(chart: uPlot, { interval, times, normal, anomalies }: Bins): void {
  const all = normal.map((value, index) => value + anomalies[index]!)
  chart.setData([times, all, normal], false)
  const first = times[0] ?? 0
  chart.batch(() => {
    chart.setScale('x', { min: first, max: (times.at(-1) ?? 0) + interval })
    chart.setScale('y', { min: 0, max: Math.max(4, ...all.map((value) => value * 1.12)) })
  })
}

const SHORT = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 })
const STEPS = [1, 2, 5]
  .flatMap((step) => [0, 1, 2, 3, 4, 5, 6].map((power) => step * 10 ** power))
  .sort((a, b) => a - b)

function axisTime(times: number[]): (time: number) => string {
  const seconds = times.some((time) => time % 60 !== 0)
  const format = new Intl.DateTimeFormat(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  })
  return (time) => format.format(new Date(time * 1000))
}

/** A mark under every bar with an anomaly: one among thousands would be too thin to see. */
function drawMarks(chart: uPlot, color: string): void {
  const [times = [], all = [], normal = []] = chart.data
  const { ctx, bbox } = chart
  const size = 4 * devicePixelRatio
  const width = chart.valToPos(times[1] ?? 0, 'x', true) - chart.valToPos(times[0] ?? 0, 'x', true)
  ctx.save()
  ctx.fillStyle = color
  times.forEach((time, index) => {
    if ((all[index] ?? 0) <= (normal[index] ?? 0)) return
    const middle = chart.valToPos(time, 'x', true) + (width * 0.75) / 2
    ctx.beginPath()
    ctx.arc(middle, bbox.top + bbox.height + size * 1.2, size / 2, 0, 2 * Math.PI)
    ctx.fill()
  })
  ctx.restore()
}
