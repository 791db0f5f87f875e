import { z } from 'zod'
import { outputKind } from './kind.ts'

/** `email`: plain text over SMTP. */
export const EMAIL = outputKind(
  'email',
  {
    host: z.string().min(1).max(255),
    port: z.number().int().min(1).max(65_535).default(587),
    /** TLS from the first byte, as on port 465; else STARTTLS where it is offered. */
    secure: z.boolean().default(false),
    user: z.string().max(255).optional(),
    password: z.string().max(1_024).optional(),
    from: z.email(),
    to: z.union([z.array(z.email()).min(1).max(20), z.email().transform((one) => [one])]),
  },
  ({ host, port, secure, user, password, from, to }) => ({
    target: `${to.join(', ')} by ${host}`,
    async send({ title, text, severity, id }, signal) {
      const { createTransport } = await import('nodemailer')
      const auth = user === undefined ? {} : { auth: { user, pass: password ?? '' } }
      const transport = createTransport({
        ...{ host, port, secure, ...auth },
        ...{ connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 10_000 },
        ...{ disableFileAccess: true, disableUrlAccess: true },
      })
      const end = (): void => transport.close()
      signal.addEventListener('abort', end, { once: true })
      try {
        await transport.sendMail({ from, to, subject: `[nads] ${severity}: ${title}`, text: `${text}\n\n${id}\n` })
      } finally {
        signal.removeEventListener('abort', end)
        transport.close()
      }
    },
  }),
)
