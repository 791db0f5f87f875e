/** The person's input is wrong: one clear line, exit code 2, never a stack trace. */
export class InputError extends Error {
  override readonly name = 'InputError'
}
