import type { Config } from '../../config/config.ts';
import type { NewAudit } from '../../store/audit.ts';

/**
 * What the audit log says of a configuration that came into force or was refused: its files are not sent by
 * anybody who could be named.
 */
export function auditConfiguration(
  action: 'configuration.loaded' | 'configuration.refused',
  { file, hash }: Config,
  details: NewAudit['details'] = {},
): NewAudit {
  return {
    actor: 'configuration',
    person: 'configuration',
    action,
    subject: hash,
    from: null,
    details: { file, ...details },
  };
}
