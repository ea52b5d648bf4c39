import { createTransport } from 'nodemailer';
import type { EmailSinkConfig } from '../../config/events.ts';
import type { Masker } from '../../config/masker.ts';
import { createMasker } from '../../targets/log-text.ts';
import { toOneLine, writeMessage } from '../message.ts';
import { nameEvent } from '../origin.ts';
import type { Answer, Sink, SinkSurroundings } from './sink.ts';

const usualSubject = '[Sluice] {{text}}';
const usualText = '{{text}}\n\n{{type}}, {{time}}\n{{link}}\n';

/**
 * Sends plain text by SMTP, a connection for each message. Its `Message-ID` is the event's id, the same at
 * every try.
 */
export function createEmailSink(config: EmailSinkConfig, { resolve, origin, tryMs }: SinkSurroundings): Sink {
  return {
    async give(event, signal) {
      signal.throwIfAborted();
      const server = resolve(config.server);
      const write = (template: string) =>
        writeMessage(resolve(template), event, { origin, quote: toOneLine });
      const timeouts = {
        connectionTimeout: tryMs,
        greetingTimeout: tryMs,
        socketTimeout: tryMs,
        dnsTimeout: tryMs,
      };
      const transport = createTransport({
        url: server,
        ...timeouts,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      // What it says of a connection it says of the message, too.
      transport.on('error', () => {});
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        const sending = transport.sendMail({
          from: resolve(config.from),
          to: config.to.map(resolve),
          subject: toOneLine(write(config.subject ?? usualSubject)),
          text: write(config.template ?? usualText),
          messageId: `<${nameEvent(event.id, origin)}@sluice>`,
          date: new Date(event.at),
        });
        const { rejected } = await Promise.race([sending, aborted]);
        return judgeRecipients(rejected);
      } catch (error) {
        signal.throwIfAborted();
        return judgeFailure(error, createMasker(listSecrets(server)));
      } finally {
        signal.removeEventListener('abort', onAbort);
        transport.close();
      }
    },
  };
}

/** Who was taken has the mail; to send it again to the others would send it to all. */
function judgeRecipients(rejected: readonly unknown[] | undefined): Answer {
  if (rejected === undefined || rejected.length === 0) return { status: 'taken' };
  return { status: 'taken', warning: `the mail server does not take mail for ${rejected.join(', ')}` };
}

interface SmtpFailure {
  readonly message: string;
  readonly code?: string;
  readonly responseCode?: number;
}

/**
 * 5yz to the envelope or the message is for good (RFC 5321, section 4.2.1); to a log-in it says nothing of
 * the message.
 */
function judgeFailure(error: unknown, masker: Masker): Answer {
  const {
    message,
    code,
    responseCode = 0,
  }: SmtpFailure = error instanceof Error ? error : { message: String(error) };
  const reason = toOneLine(masker.mask(message));
  const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  return { status: isAboutMessage && responseCode >= 500 ? 'refused' : 'later', reason };
}

function listSecrets(server: string): readonly string[] {
  const password = URL.parse(server)?.password ?? '';
  return password === '' ? [] : [server, password, decodeURIComponent(password)];
}
