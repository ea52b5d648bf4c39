import type { FastifyRequest } from 'fastify';
import type { NewAudit } from '../../store/audit.ts';

/**
 * What the audit log says of a request that changes something; `appendAudit` it in the transaction of the
 * change.
 */
export function auditOf(
  request: FastifyRequest,
  action: string,
  subject: string,
  details: NewAudit['details'] = {},
): NewAudit {
  const { actor, ip } = request;
  return { actor: actor.name, person: actor.person, action, subject, from: ip, details };
}
