import type { Config, ManualApproval, PipelineConfig } from '../../../../src/config/config.ts';

/** Whether a person could let a run into a stage now, by any token that the configuration has for them. */
export function couldApprove(
  person: string,
  triggeredBy: string | null,
  approval: ManualApproval,
  { lists, config, now }: { lists: PipelineConfig['access']; config: Config; now: number },
): boolean {
  if (approval.notSelf && person === triggeredBy) return false;
  if (config.access === undefined) return true;
  for (const token of config.access.tokens.values()) {
    if (token.person !== person) continue;
    if (token.expiresAt !== undefined && token.expiresAt <= now) continue;
    if (token.roles.includes('admin')) return true;
    const names = [token.name, token.person, ...token.roles.map((role) => `role:${role}`)];
    const isIn = (list: readonly string[]) => list.some((name) => names.includes(name));
    const operates = lists.operate ? isIn(lists.operate) : token.roles.includes('operator');
    if (lists.approve && !isIn(lists.approve)) continue;
    if (approval.by.length > 0 ? isIn(approval.by) : lists.approve || operates) return true;
  }
  return false;
}
