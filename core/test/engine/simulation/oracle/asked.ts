import { get } from '../tables.ts';
import { type Difference, definitionOf, type Moment, nameStage } from './moment.ts';
import { couldApprove } from './rights.ts';

/** What people say counts only where they may say it, and what is refused changes nothing. */
export function checkAsked(moment: Moment, difference: Difference): readonly string[] {
  const { refusal } = moment;
  const { runs, triggers, words, stages, settled } = difference;
  const changed = runs.length + triggers.length + words.length + stages.length + settled.length;
  const faults = refusal && changed > 0 ? [`${refusal.code} was refused, and changed something`] : [];
  return [...faults, ...checkWords(moment, difference), ...checkCancelled(moment, difference)];
}

function checkWords(moment: Moment, { words }: Difference): readonly string[] {
  const { tables, config, now } = moment;
  return words.flatMap((word) => {
    const stage = get(tables.stages, word.stageId);
    const definition = definitionOf(moment, stage.pipelineId);
    const approval = definition?.stages.find(({ name }) => name === stage.name)?.approval;
    if (!definition || approval?.type !== 'manual') return ['nobody is asked, and somebody answers'];
    const { person: triggeredBy } = get(tables.runs, stage.runId);
    const may = couldApprove(word.person, triggeredBy, approval, { lists: definition.access, config, now });
    const given = tables.words.filter(
      ({ stageId, person }) => stageId === word.stageId && person === word.person,
    );
    const isOnce = given.length === 1;
    return may && isOnce ? [] : [`${word.person} may not say ${word.verdict} of ${nameStage(moment, stage)}`];
  });
}

/** A run that ends before it begins a stage has a decision that says why. */
function checkCancelled(moment: Moment, { stages, decisions }: Difference): readonly string[] {
  return stages
    .filter(
      ({ status, readyAt, startedAt }) => status === 'cancelled' && readyAt !== null && startedAt === null,
    )
    .filter(({ runId }) => !decisions.some((one) => one.runId === runId && one.outcome !== 'started'))
    .filter(({ latest }) => latest)
    .map((stage) => `${nameStage(moment, stage)} was cancelled, and nobody says why`);
}
