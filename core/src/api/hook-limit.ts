import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Recent } from './access/recent.ts';
import { ApiError } from './api-error.ts';

const mostPerMinute = 300;

/**
 * Understands when other servers ask too often. What proves itself counts by what it is for, and what does
 * not by the address it comes from: whoever has no proof uses up nothing of those who have one, not even from
 * the same address.
 */
export class HookLimit {
  readonly #proven: Recent<{ count: number }>;
  readonly #unproven: Recent<{ count: number }>;

  constructor(now: () => number) {
    this.#proven = new Recent(now);
    this.#unproven = new Recent(now);
  }

  /** Counts a request that has proven itself. Throws TOO_MANY_REQUESTS. */
  admit(subject: string, reply: FastifyReply): void {
    if (isTooMuch(this.#proven, subject))
      throw refuse(reply, `At most ${mostPerMinute} requests a minute are taken for this`);
  }

  /** Counts a request that has not, and answers why it is not taken: `reason`, or TOO_MANY_REQUESTS. */
  reject(reason: ApiError, { ip }: FastifyRequest, reply: FastifyReply): ApiError {
    if (!isTooMuch(this.#unproven, ip)) return reason;
    return refuse(
      reply,
      `At most ${mostPerMinute} requests a minute without proof are answered to one address`,
    );
  }
}

function isTooMuch(recent: Recent<{ count: number }>, key: string): boolean {
  const counted = recent.find(key) ?? recent.begin(key, { count: 0 });
  counted.count++;
  return counted.count > mostPerMinute;
}

function refuse(reply: FastifyReply, message: string): ApiError {
  reply.header('retry-after', '60');
  return new ApiError('TOO_MANY_REQUESTS', message);
}

/** Takes any body in a scope, and keeps it as it came, for its signature. */
export function takeRawBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}
