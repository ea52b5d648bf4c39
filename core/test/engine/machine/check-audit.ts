import type { MachineState } from './state.ts';

/** An entry of the audit log, as far as it is compared. */
export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  /** `plain`, `plain/3`, `plain/3/qa`. */
  readonly subject: string;
}

/**
 * Finds where the audit log is not what was accepted, in its order, or does not say how the state came about;
 * in words.
 */
export function findUnaudited(
  audit: readonly AuditEntry[],
  accepted: readonly AuditEntry[],
  state: MachineState,
): readonly string[] {
  const [written, done] = [audit.map(describe), accepted.map(describe)];
  if (written.join() !== done.join())
    return [
      `the audit log has ${written.slice(-3).join(', ')} last, and done was ${done.slice(-3).join(', ')}`,
    ];
  return [...findUnsaid(written, state), ...findPauses(audit, state)];
}

function describe({ actor, action, subject }: AuditEntry): string {
  return `${actor} ${action} ${subject}`;
}

/** Words of people, and runs of theirs, of which the log knows nothing, or other ones. */
function findUnsaid(written: readonly string[], { runs }: MachineState): readonly string[] {
  const verbs = { approved: 'approve', rejected: 'reject' };
  const words = runs.flatMap(({ pipeline, counter, stages }) =>
    stages.flatMap(({ name, words }) =>
      words.map(({ person, verdict }) => `${person} ${verbs[verdict]} ${pipeline}/${counter}/${name}`),
    ),
  );
  const triggered = runs.flatMap(({ person, pipeline, counter }) =>
    person === null ? [] : [`${person} trigger ${pipeline}/${counter}`],
  );
  const stated = [...words, ...triggered].toSorted();
  const logged = written.filter((entry) => / (approve|reject|trigger) /.test(entry)).toSorted();
  return stated.join() === logged.join()
    ? []
    : [`the state knows of ${stated.join(', ')}, and the audit log of ${logged.join(', ')}`];
}

function findPauses(audit: readonly AuditEntry[], { pipelines }: MachineState): readonly string[] {
  return pipelines.flatMap(({ name, isPaused }) => {
    const last = audit.findLast(
      ({ action, subject }) => subject === name && (action === 'pause' || action === 'unpause'),
    );
    return (last?.action === 'pause') === isPaused
      ? []
      : [`${name} is ${isPaused ? '' : 'not '}paused, and the audit log says ${last?.action}`];
  });
}
