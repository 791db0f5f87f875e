import { InputError } from '../types/errors.ts'

/** Says in one line on standard error what went wrong, and returns the exit code: 2 for bad input, 1 for our own fault. */
export function failure(error: unknown): number {
  if (error instanceof InputError) {
    process.stderr.write(`nads: ${oneLine(error.message)}\n`)
    return 2
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  process.stderr.write(`nads: internal fault: ${oneLine(message)} (NADS_LOG=debug shows where)\n`)
  if (process.env.NADS_LOG === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return 1
}

function oneLine(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: file names may hold them, and must not steer the terminal
  return message.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}
