const WIDTH = 30

/** A progress bar on standard error, drawn only where a person is looking. */
export interface Progress {
  update(done: number, total: number): void
  clear(): void
}

/** `label` must be printable; `amount` words what was done, megabytes unless given. A total of 0 shows it without a bar. */
export function createProgress(
  label: string,
  stream: NodeJS.WriteStream = process.stderr,
  amount: (done: number, total: number) => string = (done) => `${(done / 1e6).toFixed(1)} MB`,
): Progress {
  let shown = ''
  return {
    update(done, total) {
      if (!stream.isTTY) return
      const share = total > 0 ? Math.min(1, done / total) : 0
      const full = Math.round(share * WIDTH)
      const bar = total > 0 ? `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${Math.floor(share * 100)} %` : ''
      const line = `${label}  ${bar}  ${amount(done, total)}`
      if (line === shown) return
      shown = line
      stream.write(`\r\u001b[2K${line}`)
    },
    clear() {
      if (shown !== '') stream.write('\r\u001b[2K')
    },
  }
}
