import type { PackageConfig } from '../config/config.ts';
import type { NewDecision } from '../store/decisions.ts';
import type { RevisionState } from '../store/ledger.ts';
import type { Listener } from '../store/listeners.ts';
import type { TriggerWish } from '../store/triggers.ts';

/** A revision that might start something. */
export interface Candidate {
  readonly revisionId: number;
  readonly version: string;
  /** `algorithm:hex` of its strongest digest, or empty. */
  readonly digest: string;
  readonly rank: number;
  readonly state: RevisionState;
  readonly standing: 'ok' | 'deprecated' | 'yanked';
}

/** What one answer brought for one package, after it was recorded. */
export interface PackageNews {
  readonly packageId: number;
  /** `npmjs/fastify`. */
  readonly material: string;
  readonly config: Pick<PackageConfig, 'first' | 'accept'>;
  /** Milliseconds. */
  readonly now: number;
  /** Revisions recorded for the first time, lowest rank first. */
  readonly fresh: readonly Candidate[];
  /** What the package contributes where nothing is new: the pointer's version, or else the highest that may start something. */
  readonly newest: Candidate | undefined;
  /** How many revisions the present selection has. */
  readonly selected: number;
  /** How often a followed pointer moved so far, 0 where none is followed. */
  readonly move: number;
  /** Whether it moved now. */
  readonly moved: boolean;
  /** Recorded revisions that are not what they were. */
  readonly changed: readonly { readonly kind: 'republished' | 'returned' | 'withdrawn'; readonly version: string }[];
}

/** What a pipeline makes of the news. */
export interface Starts {
  readonly wishes: readonly TriggerWish[];
  /** Why what starts nothing starts nothing. */
  readonly decisions: readonly NewDecision[];
}

/** Decides what starts one pipeline that listens, and says why the rest does not. Pure. */
export function decideStarts(news: PackageNews, listener: Listener): Starts {
  if (listener.baseline) return takeBaseline(news, listener);
  const followed = news.move > 0 ? followPointer(news, listener) : takeNew(news, listener);
  return { wishes: followed.wishes, decisions: [...followed.decisions, ...explainChanged(news, listener)] };
}

/** Why a revision may not start anything by itself, undefined where it may. */
export function findHindrance(
  { state, standing, version }: Pick<Candidate, 'state' | 'standing' | 'version'>,
  accept: PackageConfig['accept'],
): Pick<NewDecision, 'outcome' | 'reason'> | undefined {
  if (state === 'republished') return { outcome: 'held', reason: `${version} has other bytes than it was published with` };
  if (state === 'withdrawn') return { outcome: 'held', reason: `${version} is withdrawn` };
  if (standing === 'ok' || accept.includes(standing)) return undefined;
  return { outcome: 'refused', reason: `${version} is ${standing}, which accept: does not list` };
}

function takeBaseline(news: PackageNews, listener: Listener): Starts {
  const { newest, config, material, selected } = news;
  const look = `the first look at ${material} is a baseline`;
  const decide = (outcome: NewDecision['outcome'], why: string, version: string | null = null) =>
    makeDecision(news, listener, { outcome, reason: `${look}: ${why}`, version });
  const nothing = (decision: NewDecision): Starts => ({ wishes: [], decisions: [decision] });
  if (listener.mode === 'manual') return nothing(decide('waits', 'trigger: manual starts nothing by itself'));
  if (!newest) return nothing(decide('refused', `none of its ${selected} revisions may start anything`));
  const hindrance = findHindrance(newest, config.accept);
  if (hindrance) return nothing(decide(hindrance.outcome, hindrance.reason, newest.version));
  if (newest.rank <= Math.max(listener.triggeredRank, listener.runRank)) {
    return nothing(decide('superseded', `the pipeline has had ${newest.version} or a higher one`, newest.version));
  }
  if (config.first === 'none') {
    // Kept as had, so that a backport below it starts nothing later.
    const kept = { ...makeWish(news, listener, newest), state: 'dropped' as const };
    return { wishes: [kept], decisions: [decide('refused', `first: none, so ${newest.version} starts nothing`, newest.version)] };
  }
  const rest = selected > 1 ? [decide('superseded', `only ${newest.version} starts, its ${selected - 1} others do not`)] : [];
  return { wishes: [makeWish(news, listener, newest)], decisions: rest };
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
  const reason = goesDown ? 'the pipeline has had a higher one, and trigger: latest never goes down' : `${top?.version} is newer`;
  const passed = judged.wishes
    .filter((wish) => !taken.includes(wish))
    .map(({ version }) => makeDecision(news, listener, { outcome: 'superseded', reason: `${version}: ${reason}`, version }));
  return { wishes: taken, decisions: [...judged.decisions, ...passed] };
}

/** A wish for each revision that may start something, lowest first, and a decision for each that may not. */
function judge(news: PackageNews, listener: Listener, candidates: readonly Candidate[]): Starts {
  const wishes: TriggerWish[] = [];
  const decisions: NewDecision[] = [];
  for (const candidate of candidates) {
    const manual = { outcome: 'waits', reason: `${candidate.version}: trigger: manual starts nothing by itself` } as const;
    const hindrance = listener.mode === 'manual' ? manual : findHindrance(candidate, news.config.accept);
    if (hindrance) decisions.push(makeDecision(news, listener, { ...hindrance, version: candidate.version }));
    else wishes.push(makeWish(news, listener, candidate));
  }
  return { wishes, decisions };
}

const explanations = {
  republished: {
    outcome: 'held',
    reason: 'was published again with other bytes; it starts nothing, and waits to be acknowledged',
  },
  withdrawn: { outcome: 'held', reason: 'is withdrawn and starts nothing' },
  returned: { outcome: 'refused', reason: 'is there again with the same bytes, which starts nothing' },
} as const satisfies Record<PackageNews['changed'][number]['kind'], Pick<NewDecision, 'outcome' | 'reason'>>;

function explainChanged(news: PackageNews, listener: Listener): readonly NewDecision[] {
  return news.changed.map(({ kind, version }) => {
    const { outcome, reason } = explanations[kind];
    return makeDecision(news, listener, { outcome, reason: `${version} ${reason}`, version });
  });
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
