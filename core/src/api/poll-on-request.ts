import { isPluginError } from '@sluice/plugin-sdk';
import { type PollAnswer, pollNow } from '../polling/request-poll.ts';
import type { NewAudit } from '../store/audit.ts';
import { ApiError } from './api-error.ts';
import type { ApiSurroundings } from './surroundings.ts';

/**
 * Polls a repository because a request wants it, and waits for that poll; undefined where there is no such
 * repository. Throws TOO_MANY_REQUESTS where the repository's server does not want to be asked yet, and
 * NOT_READY where this server begins no poll, or stops meanwhile.
 */
export async function pollOnRequest(
  { store, stopping, now, reasonsNotReady }: ApiSurroundings,
  repository: string,
  audit: NewAudit,
): Promise<PollAnswer | undefined> {
  const reasons = await reasonsNotReady();
  if (reasons.length > 0) throw new ApiError('NOT_READY', `No poll can begin now: ${reasons.join('; ')}`);
  try {
    return await pollNow(store, repository, { signal: stopping, now, audit });
  } catch (thrown) {
    if (stopping.aborted)
      throw new ApiError('NOT_READY', 'The server is stopping; ask again when it is back');
    if (isPluginError(thrown)) throw new ApiError('TOO_MANY_REQUESTS', thrown.message);
    throw thrown;
  }
}
