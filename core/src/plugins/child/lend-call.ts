import type { Call } from '@sluice/plugin-sdk';
import type { Progress } from '../plugin-host.ts';
import type { Desk } from './desk.ts';
import type { RepositoryInUse } from './open-repositories.ts';

/** What a plugin is lent for one question about a repository. */
export function lendCall({ reply, talk }: Desk, { http }: RepositoryInUse): Call {
  const { id, signal } = reply;
  const log = {
    debug: (message: string) => talk.log('debug', message, id),
    info: (message: string) => talk.log('info', message, id),
    warn: (message: string) => talk.log('warn', message, id),
  };
  reply.watch(() => http.traffic());
  return {
    http: http.forCall({ signal, log }),
    signal,
    log,
    progress: (done, total, unit) => {
      const progress = readProgress(done, total, unit);
      if (progress) reply.progress(progress);
    },
    secret: (value) => talk.secret(value),
  };
}

function readProgress(done: unknown, total: unknown, unit: unknown): Progress | undefined {
  if (typeof done !== 'number' || !Number.isFinite(done) || typeof unit !== 'string') return undefined;
  return {
    done,
    total: typeof total === 'number' && Number.isFinite(total) ? total : undefined,
    unit: unit.slice(0, 64),
  };
}
