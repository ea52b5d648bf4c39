import fc from 'fast-check';
import type { PipelineConfig } from '../../../src/config/config.ts';
import type { Actor } from '../../../src/engine/actor.ts';
import type { Outcome } from '../../../src/targets/target.ts';
import { Hands } from '../hands.ts';
import { failed, passed, person, type World } from '../world.ts';
import { type AuditEntry, findUnaudited } from './check-audit.ts';
import { findBroken, findIdle, findUnlawful } from './check-machine.ts';
import { type Answered, type Desk, toTokens } from './desk.ts';
import { settings } from './setting.ts';
import { type MachineState, readState, type StageState } from './state.ts';

const doubt: Outcome = { status: 'doubt', exitCode: null, message: 'the host went away' };
const outcomes = { pass: passed, fail: failed, doubt };
/** Who asks. */
export const people = [person('alice'), person('bob'), person('carol', 'qa'), person('dave')];

const kinds = {
  publish: 4,
  trigger: 2,
  pass: 14,
  fail: 3,
  doubt: 3,
  approve: 8,
  reject: 1,
  rerun: 3,
  'rerun failed': 2,
  cancel: 2,
  pause: 1,
  unpause: 2,
  unlock: 1,
  rights: 2,
  tick: 5,
  sleep: 3,
  crash: 1,
};

/** What happens; the numbers choose among what there is then. */
export interface Step {
  readonly kind: keyof typeof kinds;
  readonly which: number;
  readonly who: number;
}

const names = Object.keys(kinds) as (keyof typeof kinds)[];

/** Random walks. */
export const walks: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    kind: fc.oneof(...names.map((name) => ({ weight: kinds[name], arbitrary: fc.constant(name) }))),
    which: fc.nat({ max: 60 }),
    who: fc.nat({ max: 3 }),
  }),
  { minLength: 10, maxLength: 60 },
);

/** Understands a walk through the stage machine: what happened so far, and whether all is well. */
export class Walk {
  readonly #world: World;
  readonly #hands: Hands;
  readonly #desk: Desk;
  /** Everything that people were told is done, in its order. */
  readonly #accepted: AuditEntry[] = [];
  /** How much of the audit log is of earlier walks: nothing is ever deleted from it. */
  #before: number | undefined;
  readonly story: string[] = [];
  /** Every word that was accepted: `stage id/person`. */
  readonly #given = new Set<string>();
  #published = 0;
  /** Which setting is in force. */
  #which = 0;

  constructor(world: World, desk: Desk) {
    this.#world = world;
    this.#desk = desk;
    this.#hands = new Hands(world);
  }

  /** Everything anew, under the first setting. */
  async begin(): Promise<void> {
    await this.#world.clear(this.#setting(), { access: { tokens: toTokens(people) } });
  }

  async take({ kind, which, who }: Step): Promise<void> {
    const state = await this.#read();
    this.#before ??= state.audit.length;
    await this.#act(kind, which, { state, who });
    const after = await this.#read();
    const audit = after.audit.slice(this.#before);
    const faults = [
      ...findBroken(this.#setting(), after),
      ...findUnlawful(this.#setting(), state, after, isNamed),
      ...this.#findLost(after),
      ...findUnaudited(audit, this.#accepted, after),
    ];
    if (kind === 'tick') faults.push(...findIdle(this.#setting(), after, this.#world.clock));
    if (faults.length > 0)
      throw new Error(['', ...this.story, ...faults.map((fault) => `WRONG: ${fault}`)].join('\n'));
  }

  async #act(
    kind: Step['kind'],
    which: number,
    { state, who }: { readonly state: MachineState; readonly who: number },
  ): Promise<void> {
    const actor = people[who] ?? person('eve');
    const setting = this.#setting();
    const pipeline = setting[which % setting.length]?.name ?? '';
    switch (kind) {
      case 'publish':
        return this.#publish();
      case 'trigger':
        await this.#ask(actor, 'trigger', {
          subject: pipeline,
          path: `${pipeline}/runs`,
          body: { poll: false },
        });
        return;
      case 'pass':
      case 'fail':
      case 'doubt':
        return this.#end(kind, which);
      case 'approve':
      case 'reject':
        return this.#say(kind, which, { state, who });
      case 'rerun':
      case 'rerun failed':
      case 'cancel':
        return this.#change(kind, which, { state, who });
      case 'pause':
      case 'unpause':
      case 'unlock':
        await this.#ask(actor, kind, {
          subject: pipeline,
          body: kind === 'pause' ? { comment: 'to see what happens' } : {},
        });
        return;
      case 'rights':
        this.#which = (this.#which + 1) % settings.length;
        this.story.push(`the stages ask as in setting ${this.#which}`);
        return this.#world.adopt(this.#setting(), { access: { tokens: toTokens(people) } });
      case 'sleep':
        this.story.push(`${10 * (1 + which)} seconds pass, and nobody looks`);
        return this.#world.setClock(this.#world.clock + 10_000 * (1 + which));
      case 'tick':
        this.story.push(`${10 * (1 + which)} seconds pass`);
        this.#world.setClock(this.#world.clock + 10_000 * (1 + which));
        return this.#world.look();
      case 'crash':
        this.story.push('the process is killed, and starts again');
        this.#hands.drop();
        return this.#world.reopen();
    }
  }

  async #ask(
    actor: Actor,
    action: string,
    {
      subject,
      path = `${subject}/${action}`,
      body,
    }: { subject: string; path?: string; body?: Readonly<Record<string, unknown>> },
  ): Promise<Answered> {
    const answered = await this.#desk.ask(actor, path, body);
    const what = `${actor.name}: ${action} ${subject}`;
    this.story.push(answered.refusal === undefined ? what : `${what}: refused, ${answered.refusal}`);
    const done = action === 'trigger' ? `${subject}/${answered.counter}` : subject;
    if (answered.refusal === undefined) this.#accepted.push({ actor: actor.name, action, subject: done });
    return answered;
  }

  async #publish(): Promise<void> {
    const version = `1.${this.#published++}.0`;
    this.story.push(`publish a ${version}`);
    await this.#world.publish('a', [version]);
  }

  async #end(kind: 'pass' | 'fail' | 'doubt', which: number): Promise<void> {
    const jobs = await this.#hands.take();
    const job = jobs[which % Math.max(1, jobs.length)];
    if (job === undefined) return;
    this.story.push(`${kind} ${job}`);
    await this.#hands.end(job, outcomes[kind]);
  }

  /** Mostly of stages that wait for it. */
  async #say(
    kind: 'approve' | 'reject',
    which: number,
    { state, who }: { state: MachineState; who: number },
  ): Promise<void> {
    const stages = state.runs.flatMap(({ counter, stages }) =>
      stages.map((stage) => ({ ...stage, run: counter })),
    );
    const waiting = stages.filter(({ status }) => status === 'waiting');
    const stage = (waiting.length > 0 ? waiting : stages)[
      which % Math.max(1, waiting.length || stages.length)
    ];
    const actor = people[who] ?? person('eve');
    if (!stage) return;
    const late = stage.expiresAt !== null && stage.expiresAt <= this.#world.clock;
    const body = kind === 'reject' ? { comment: 'no' } : {};
    const answered = await this.#ask(actor, kind, {
      ...addressOf(stage.pipeline, stage.run, stage.name, kind),
      body,
    });
    if (answered.refusal !== undefined) return;
    if (late || stage.status !== 'waiting')
      throw new Error(`${this.story.join('\n')}\nWRONG: that was not to be approved any more`);
    this.#given.add(`${stage.id}/${actor.person}`);
  }

  async #change(
    kind: 'rerun' | 'rerun failed' | 'cancel',
    which: number,
    { state, who }: { state: MachineState; who: number },
  ): Promise<void> {
    const stages = state.runs.flatMap(({ counter, stages }) =>
      stages.filter(({ isLatest }) => isLatest).map((stage) => ({ ...stage, run: counter })),
    );
    const stage = stages[stages.length - 1 - (which % Math.max(1, stages.length))];
    const actor = people[who] ?? person('eve');
    if (!stage) return;
    const action = kind === 'cancel' ? 'cancel' : 'rerun';
    const body = kind === 'rerun failed' ? { failedJobsOnly: true } : {};
    const address = addressOf(stage.pipeline, stage.run, stage.name, action);
    const { refusal } = await this.#ask(actor, action, { ...address, body });
    if (refusal === undefined && action === 'rerun') await this.#noteApproval(actor, stage, address.subject);
  }

  /** Who has something done again that they could approve alone approves it, which the audit log says. */
  async #noteApproval(
    { name, person }: Actor,
    { run, pipeline, name: stage }: StageState,
    subject: string,
  ): Promise<void> {
    const runs = (await this.#read()).runs.filter((one) => one.pipeline === pipeline && one.counter === run);
    const attempt = runs.flatMap(({ stages }) => stages).findLast((one) => one.name === stage);
    if (!attempt?.words.some((word) => word.person === person)) return;
    this.#accepted.push({ actor: name, action: 'approve', subject });
    this.#given.add(`${attempt.id}/${person}`);
  }

  #setting(): readonly PipelineConfig[] {
    return settings[this.#which] ?? [];
  }

  #findLost({ runs }: MachineState): readonly string[] {
    const kept = new Set(
      runs.flatMap(({ stages }) =>
        stages.flatMap(({ id, words }) => words.map(({ person }) => `${id}/${person}`)),
      ),
    );
    return [...this.#given].filter((word) => !kept.has(word)).map((word) => `the word ${word} was lost`);
  }

  #read(): Promise<MachineState> {
    return this.#world.store.transact(readState);
  }
}

/** By the lists of the settings: everybody here may operate. */
function isNamed(name: string, by: readonly string[]): boolean {
  const roles = people.find((one) => one.person === name)?.roles ?? [];
  return by.length === 0 || by.includes(name) || roles.some((role) => by.includes(`role:${role}`));
}

function addressOf(pipeline: string, counter: number, stage: string, action: string) {
  return {
    subject: `${pipeline}/${counter}/${stage}`,
    path: `${pipeline}/runs/${counter}/stages/${stage}/${action}`,
  };
}
