import type { Resolve } from './build-pipeline.ts';
import type { ApprovalConfig } from './config.ts';
import { defaults } from './defaults.ts';
import { parseDuration } from './duration.ts';
import type { RawApproval, RawStage } from './raw-config.ts';

/** What lets a run into a stage, from one that has no mistake; `auto` and `manual` are short forms. */
export function buildApproval(raw: NonNullable<RawStage['approval']>, resolve: Resolve): ApprovalConfig {
  const approval: RawApproval = typeof raw === 'string' ? { type: raw } : raw;
  const {
    type,
    by = [],
    required = defaults.required,
    notSelf = false,
    expires,
    after,
    window,
    evenAfterFailure = false,
  } = approval;
  const timing = {
    ...(after !== undefined && { afterMs: parseDuration(resolve(after)) }),
    ...(window && { window: { cron: resolve(window.cron), forMs: parseDuration(resolve(window.for)) } }),
  };
  if (type === 'auto') return { type, ...timing };
  const expiry = expires === undefined ? {} : { expiresMs: parseDuration(resolve(expires)) };
  return { type, by: by.map(resolve), required, notSelf, evenAfterFailure, ...expiry, ...timing };
}
