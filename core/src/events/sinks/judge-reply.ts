import type { Masker } from '../../config/masker.ts';
import type { Reply } from '../../targets/send.ts';
import { toOneLine } from '../message.ts';
import type { Answer } from './sink.ts';

/**
 * Statuses that say something of the way to the receiver, not of the event: who may send, where to, how
 * often.
 */
const aboutTheWay: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 408, 410, 421, 425, 429]);
const shownCharacters = 200;

/** How many bytes of an answer are read. */
export const shownBytes = 4096;

/** What the answer to a POST means for the event in it. */
export function judgeReply(reply: Reply, masker: Masker): Answer {
  if (reply.status === undefined)
    return { status: 'later', reason: `no answer: ${masker.mask(reply.reason)}` };
  const { status, body, retryAfterMs } = reply;
  if (status >= 200 && status < 300) return { status: 'taken' };
  if (status >= 300 && status < 400) {
    return {
      status: 'later',
      reason: `answered ${status}; redirects are not followed, put the new address into url`,
    };
  }
  const shown = showBody(body, masker);
  const reason = `answered ${status}${shown === '' ? '' : `: ${shown}`}`;
  const isLater = status >= 500 || aboutTheWay.has(status);
  return isLater ? { status: 'later', reason, retryAfterMs } : { status: 'refused', reason };
}

function showBody(body: Buffer, masker: Masker): string {
  const text = body.toString('utf8');
  // Where the body was cut, it may end within a secret.
  const masked = body.length < shownBytes ? masker.mask(text) : masker.maskPart(text, false).masked;
  return toOneLine(masked).trim().slice(0, shownCharacters);
}
