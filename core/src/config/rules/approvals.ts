import type { Finding, Path } from '../problem.ts';
import type { Incomplete, RawApproval } from '../raw-config.ts';
import { atKey, atValue, entriesOf, itemsOf, type Rule, type Subject } from './rule.ts';

const manualOnly = ['by', 'required', 'notSelf', 'expires', 'evenAfterFailure'] as const;

/** Approvals can be given: what only people can do is asked of people, and people can be told apart. */
export const checkApprovals: Rule = function* (subject) {
  for (const [name, { stages }] of entriesOf(subject.config.pipelines)) {
    for (const [index, { approval }] of itemsOf(stages)) {
      const at = ['pipelines', name, 'stages', index, 'approval'];
      if (typeof approval === 'object') yield* checkApproval(subject, at, approval, Number(index));
    }
  }
};

function* checkApproval(
  subject: Subject,
  at: Path,
  approval: Incomplete<RawApproval>,
  position: number,
): Generator<Finding> {
  if (approval.type === 'auto') {
    for (const key of manualOnly) {
      if (approval[key] !== undefined)
        yield atKey([...at, key], `"${key}" needs type: manual, for nobody is asked otherwise`);
    }
  }
  if (position === 0 && approval.evenAfterFailure) {
    yield atKey([...at, 'evenAfterFailure'], 'evenAfterFailure: there is no stage before the first one');
  }
  if (position === 0 && approval.after !== undefined) {
    yield atKey([...at, 'after'], 'after: there is no level before the first stage to rest in');
  }
  if (subject.config.access === undefined) {
    const why = 'without access: nobody can be told from another';
    if ((approval.required ?? 1) > 1)
      yield atValue([...at, 'required'], `required: ${why}, so more than 1 would never approve`);
    if (approval.notSelf) yield atValue([...at, 'notSelf'], `notSelf: ${why}, so nobody could ever approve`);
  }
}
