import { describe, expect, it } from 'vitest';
import { judgeApprover } from '../../../src/engine/asked/judge-approver.ts';
import { judgeCancel } from '../../../src/engine/asked/judge-cancel.ts';
import type { StageAtHand, StandingStage } from '../../../src/engine/asked/stage-at-hand.ts';
import { makePipeline } from '../configs.ts';

const nobody = { view: undefined, operate: undefined, approve: undefined };
const laptop = { name: 'alice-laptop', person: 'alice', roles: ['operator'] };

function at(stage: Partial<StandingStage>): StageAtHand {
  const whole = {
    name: 'build',
    status: 'pending',
    readyAt: null,
    cancelAt: null,
    expiresAt: null,
    ...stage,
  } as const;
  const run = { counter: 1, person: null };
  return { pipeline: 'p', definition: makePipeline('p'), run, stage: whole, stages: [whole], now: 0 };
}

describe('who may approve', () => {
  const approval = { by: [], notSelf: true };

  it('is not the person who triggered the run, by whatever token', () => {
    const own = judgeApprover(laptop, { approval, access: nobody, triggeredBy: 'alice' });
    expect(own).toEqual({ code: 'not-self', facts: { by: 'alice' } });
    expect(judgeApprover(laptop, { approval, access: nobody, triggeredBy: 'alice-laptop' })).toBeUndefined();
  });

  it('is told by the token that was used, and who may', () => {
    const access = { ...nobody, approve: ['role:lead'] };
    expect(
      judgeApprover(laptop, { approval: { by: ['bob'], notSelf: false }, access, triggeredBy: null }),
    ).toEqual({
      code: 'not-approver',
      facts: { by: 'alice-laptop', who: ['bob', 'role:lead'] },
    });
  });
});

describe('what can be cancelled', () => {
  it('is a stage that a run waits to enter, or that runs and is not being cancelled', () => {
    expect(judgeCancel(at({ status: 'waiting', readyAt: 1 }))).toBeUndefined();
    expect(judgeCancel(at({ status: 'pending', readyAt: 1 }))).toBeUndefined();
    expect(judgeCancel(at({ status: 'running', readyAt: 1 }))).toBeUndefined();
  });

  it('is no stage that the run has not come to, that is over, or is being cancelled already', () => {
    for (const stage of [{ status: 'pending' }, { status: 'passed', readyAt: 1 }] as const) {
      const { status } = stage;
      expect(judgeCancel(at(stage))).toMatchObject({ code: 'nothing-to-cancel', facts: { status } });
    }
    expect(judgeCancel(at({ status: 'running', readyAt: 1, cancelAt: 2 }))).toMatchObject({
      facts: { status: 'being cancelled' },
    });
  });
});
