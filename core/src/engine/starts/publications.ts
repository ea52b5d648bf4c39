import type { PackageConfig } from '../../config/config.ts';
import { because } from '../../domain/reason.ts';
import type { RevisionState, Standing } from '../../domain/revision.ts';
import type { TriggerWish } from '../../domain/trigger.ts';
import type { NewDecision } from '../../store/decisions.ts';
import type { Listener } from '../../store/listeners.ts';

/** A revision that might start something. */
export interface Candidate {
  readonly revisionId: number;
  readonly version: string;
  /** `algorithm:hex` of its strongest digest, or empty. */
  readonly digest: string;
  readonly rank: number;
  readonly state: RevisionState;
  readonly standing: Standing;
}

/** What one answer brought for one package, after it was recorded. */
export interface PackageNews {
  readonly packageId: number;
  /** `npmjs/fastify`. */
  readonly material: string;
  readonly config: Pick<PackageConfig, 'first' | 'accept'>;
  /** Milliseconds. */
  readonly now: number;
  /** Whether it changed what a run depends on. */
  readonly isTouched: boolean;
  /** Whether first looks can be taken by it. */
  readonly conclusive: boolean;
  /** Revisions recorded for the first time, lowest rank first. */
  readonly fresh: readonly Candidate[];
  /**
   * What the package contributes where nothing is new: the pointer's version, or else the highest that may
   * start something.
   */
  readonly newest: Candidate | undefined;
  /** How many revisions the present selection has. */
  readonly selected: number;
  /** How often a followed pointer moved so far, 0 where none is followed. */
  readonly move: number;
  /** Whether it moved now. */
  readonly moved: boolean;
  /** Recorded revisions that are not what they were. */
  readonly changed: readonly {
    readonly kind: 'republished' | 'returned' | 'withdrawn';
    readonly version: string;
  }[];
}

/** What a pipeline makes of the news. */
export interface Starts {
  readonly wishes: readonly TriggerWish[];
  /** Why what starts nothing starts nothing. */
  readonly decisions: readonly NewDecision[];
}

/** Decides what starts one pipeline that listens, and says why the rest does not. */
export function decideStarts(news: PackageNews, listener: Listener): Starts {
  if (listener.baseline) return takeBaseline(news, listener);
  const followed = news.move > 0 ? followPointer(news, listener) : takeNew(news, listener);
  return { wishes: followed.wishes, decisions: [...followed.decisions, ...explainChanged(news, listener)] };
}

/** Why a revision may not start anything by itself, undefined where it may. */
export function findHindrance(
  { state, standing, version }: Pick<Candidate, 'state' | 'standing' | 'version'>,
  accept: PackageConfig['accept'],
): Why | undefined {
  if (state === 'republished') return { outcome: 'held', reason: because('other-bytes', { version }) };
  if (state === 'withdrawn') return { outcome: 'held', reason: because('is-withdrawn', { version }) };
  if (standing === 'ok' || accept.includes(standing)) return undefined;
  return { outcome: 'refused', reason: because('standing', { version, standing }) };
}

/** Why something starts nothing. */
export type Why = Pick<NewDecision, 'outcome' | 'reason'>;

function takeBaseline(news: PackageNews, listener: Listener): Starts {
  const { newest, config, selected } = news;
  const nothing = (why: Why, version: string | null): Starts => ({
    wishes: [],
    decisions: [decideBaseline(news, listener, why, version)],
  });
  if (listener.mode === 'manual')
    return nothing({ outcome: 'waits', reason: because('manual', { version: null }) }, null);
  if (!newest) {
    return nothing(
      { outcome: 'refused', reason: because('nothing-startable', { revisions: selected }) },
      null,
    );
  }
  const { version } = newest;
  const hindrance = findHindrance(newest, config.accept);
  if (hindrance) return nothing(hindrance, version);
  if (newest.rank <= Math.max(listener.triggeredRank, listener.runRank)) {
    return nothing({ outcome: 'superseded', reason: because('had-already', { version }) }, version);
  }
  const wish = makeWish(news, listener, newest);
  if (config.first === 'none') {
    // Kept as had, so that a backport below it starts nothing later.
    const why: Why = { outcome: 'refused', reason: because('first-none', { version }) };
    return { ...nothing(why, version), wishes: [{ ...wish, state: 'dropped' }] };
  }
  const why: Why = {
    outcome: 'superseded',
    reason: because('only-newest', { version, others: selected - 1 }),
  };
  return { wishes: [wish], decisions: selected > 1 ? nothing(why, null).decisions : [] };
}

function decideBaseline(
  news: PackageNews,
  listener: Listener,
  { outcome, reason: why }: Why,
  version: string | null,
): NewDecision {
  const reason = because('baseline', { package: news.material, why });
  return makeDecision(news, listener, { outcome, reason, version });
}

function followPointer(news: PackageNews, listener: Listener): Starts {
  if (!news.moved || !news.newest) return { wishes: [], decisions: [] };
  return judge(news, listener, [news.newest]);
}

function takeNew(news: PackageNews, listener: Listener): Starts {
  const judged = judge(news, listener, news.fresh);
  if (listener.mode !== 'latest') return judged;
  const highest = judged.wishes.at(-1);
  const top = news.fresh.find(({ revisionId }) => revisionId === highest?.revisionId);
  const goesDown = top !== undefined && top.rank <= listener.triggeredRank;
  const taken = highest && !goesDown ? [highest] : [];
  const reasonOf = (version: string) =>
    goesDown
      ? because('lower-than-had', { version })
      : because('newer-version', { version, by: top?.version ?? '' });
  const passed = judged.wishes
    .filter((wish) => !taken.includes(wish))
    .map(({ version }) =>
      makeDecision(news, listener, { outcome: 'superseded', reason: reasonOf(version), version }),
    );
  return { wishes: taken, decisions: [...judged.decisions, ...passed] };
}

/** A wish for each revision that may start something, lowest first, and a decision for each that may not. */
function judge(news: PackageNews, listener: Listener, candidates: readonly Candidate[]): Starts {
  const wishes: TriggerWish[] = [];
  const decisions: NewDecision[] = [];
  for (const candidate of candidates) {
    const { version } = candidate;
    const manual: Why = { outcome: 'waits', reason: because('manual', { version }) };
    const hindrance = listener.mode === 'manual' ? manual : findHindrance(candidate, news.config.accept);
    if (hindrance) decisions.push(makeDecision(news, listener, { ...hindrance, version }));
    else wishes.push(makeWish(news, listener, candidate));
  }
  return { wishes, decisions };
}

type Changed = PackageNews['changed'][number]['kind'];

const outcomes = { republished: 'held', withdrawn: 'held', returned: 'refused' } as const satisfies Record<
  Changed,
  NewDecision['outcome']
>;

function explainChanged(news: PackageNews, listener: Listener): readonly NewDecision[] {
  return news.changed.map(({ kind, version }) =>
    makeDecision(news, listener, { outcome: outcomes[kind], reason: because(kind, { version }), version }),
  );
}

function makeWish(news: PackageNews, { pipelineId, mode }: Listener, candidate: Candidate): TriggerWish {
  const { revisionId, version, digest } = candidate;
  return {
    pipelineId,
    packageId: news.packageId,
    revisionId,
    version,
    digest,
    move: news.move,
    mode: mode === 'every' ? 'every' : 'latest',
    createdAt: news.now,
  };
}

function makeDecision(
  { packageId, material, now }: PackageNews,
  { pipelineId }: Listener,
  { outcome, reason, version }: Pick<NewDecision, 'outcome' | 'reason' | 'version'>,
): NewDecision {
  const materials = version === null ? {} : { [material]: version };
  return { at: now, pipelineId, packageId, version, outcome, reason, materials, runId: null };
}
