import type { Generated } from 'kysely';
import type { Road } from '../domain/level.ts';
import type { StartedBy, Status } from '../domain/status.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Time = number;
/** 0 or 1. */
export type Flag = 0 | 1;
/** JSON text, made and read only by the store. */
export type Json = string;

/** Work that one node does at a time: who has it, until when, and a token that grows with every claim. */
export interface Leased {
  readonly lease_owner: Generated<string | null>;
  readonly lease_until: Generated<Time | null>;
  readonly fence: Generated<number>;
}

export interface RepositoryTable extends Leased {
  readonly id: Generated<number>;
  readonly name: string;
  /** Whether the configuration has it. */
  readonly active: Flag;
  /**
   * Of the plugin's version and the settings but credentials; cursors of another fingerprint are worth
   * nothing.
   */
  readonly fingerprint: string;
  readonly cursor: Generated<string | null>;
  /** When the plugin was last asked without a cursor. */
  readonly cursor_at: Generated<Time | null>;
  /** When to poll next; null is never, by itself. */
  readonly due_at: Generated<Time | null>;
  /** Counts requests to poll; more of them than `served` is one more poll straight after. */
  readonly requested: Generated<number>;
  readonly served: Generated<number>;
  /** How many looks after a hook are still to come, when they found nothing. */
  readonly looks_left: Generated<number>;
  /** When the hook's own poll ended, from which its looks are counted; null before. */
  readonly looks_from: Generated<Time | null>;
  /** The server asked not to be asked before; nothing passes that. */
  readonly not_before: Generated<Time | null>;
  /** Consecutive failures. */
  readonly failures: Generated<number>;
  readonly problem_code: Generated<string | null>;
  readonly problem_message: Generated<string | null>;
  readonly problem_since: Generated<Time | null>;
  readonly warning: Generated<string | null>;
  readonly polled_at: Generated<Time | null>;
  readonly succeeded_at: Generated<Time | null>;
}

export interface PackageTable {
  readonly id: Generated<number>;
  readonly repository_id: number;
  readonly name: string;
  readonly active: Flag;
  /** Of the package's settings; another selection begins with a baseline. */
  readonly selection: string;
  /** The selection whose baseline was taken, null before the first look. */
  readonly baseline: Generated<string | null>;
  readonly cursor: Generated<string | null>;
  /** The repository's fingerprint when the cursor was made. */
  readonly cursor_fingerprint: Generated<string | null>;
  /** When the plugin was last asked without a cursor. */
  readonly cursor_at: Generated<Time | null>;
  /** The version that a followed pointer names, and how often it moved. */
  readonly pointer: Generated<string | null>;
  readonly moves: Generated<number>;
  /** Since when complete answers have lacked so much that it is first a problem. */
  readonly shrunk_since: Generated<Time | null>;
  readonly problem_code: Generated<string | null>;
  readonly problem_message: Generated<string | null>;
  readonly problem_since: Generated<Time | null>;
}

export interface RevisionTable {
  readonly id: Generated<number>;
  readonly package_id: number;
  readonly version: string;
  readonly state: 'published' | 'republished' | 'withdrawn';
  /** Its place in the package's order, from 0, without gaps. */
  readonly rank: number;
  readonly standing: 'ok' | 'deprecated' | 'yanked';
  readonly digests: Json;
  readonly location: string | null;
  readonly published_at: Time | null;
  readonly publisher: string | null;
  readonly comment: string | null;
  readonly trackback_url: string | null;
  readonly purl: string | null;
  readonly warning: string | null;
  readonly files: Json;
  readonly data: Json;
  /** The run that published it, as `pipeline/counter`, where its data says so. */
  readonly published_by: Generated<string | null>;
  readonly detected_at: Time;
  /** Since when answers have lacked it; null again once it is withdrawn. */
  readonly missing_since: Generated<Time | null>;
  /**
   * Whether the package's present selection has shown it: only then can it start something, or go missing.
   */
  readonly selected: Flag;
  /** Whether its bytes changed and nobody has acknowledged them; outlives a withdrawal. */
  readonly unacknowledged: Flag;
  /** What its digests were before its bytes changed, while nobody has acknowledged the new ones. */
  readonly replaced_digests: Generated<Json | null>;
  /**
   * How often its bytes changed: which bytes a run pinned is this number, since digests of other algorithms
   * cannot be compared.
   */
  readonly edition: Generated<number>;
  /** Whether the plugin's `describe` has filled it in. */
  readonly described: Flag;
}

/** A version that broke a rule of the boundary; kept apart, so that nothing can start with it. */
export interface RefusedTable {
  readonly package_id: number;
  readonly version: string;
  readonly reason: string;
  readonly at: Time;
}

/** People's word that a republished revision's new bytes are right. */
export interface AcknowledgementTable {
  readonly revision_id: number;
  readonly digest: string;
  readonly comment: string;
  /** The name of the token that gave it; null before tokens were asked for. */
  readonly by: string | null;
  readonly at: Time;
}

export interface PollTable {
  readonly id: Generated<number>;
  readonly repository_id: number;
  readonly started_at: Time;
  readonly finished_at: Time;
  readonly outcome: 'ok' | 'partial' | 'failed';
  readonly packages: number;
  /** Packages with a problem. */
  readonly problems: number;
  /** Revisions recorded for the first time. */
  readonly revisions: number;
  readonly requests: number;
  readonly bytes: number;
  readonly problem_code: string | null;
  readonly problem_message: string | null;
}

export interface PipelineTable {
  readonly id: Generated<number>;
  readonly name: string;
  readonly active: Flag;
  /** The counter of its newest run. */
  readonly counter: Generated<number>;
  readonly paused_at: Generated<Time | null>;
  readonly paused_reason: Generated<string | null>;
  readonly paused_by: Generated<string | null>;
  /** The run that holds the pipeline's lock. */
  readonly locked_by: Generated<number | null>;
  /** The timer's next moment; one that has come stays until its run is started, or not needed. */
  readonly timer_at: Generated<Time | null>;
  /** The cron expression and timezone that `timer_at` was found with. */
  readonly timer_spec: Generated<string | null>;
  /** What the last decision about a due timer said it waits for. */
  readonly timer_waits: Generated<string | null>;
  /** When somebody must look at it although nothing happens: a window opens, an approval expires. */
  readonly look_at: Generated<Time | null>;
}

/** That a pipeline listens to a stage of another one. */
export interface DependencyTable {
  readonly pipeline_id: number;
  readonly upstream_id: number;
  readonly stage: string;
  readonly mode: 'latest' | 'every' | 'manual';
}

/** That a pipeline listens to a package, and whether its first look was taken for it. */
export interface ListenerTable {
  readonly pipeline_id: number;
  readonly package_id: number;
  readonly active: Flag;
  readonly mode: 'latest' | 'every' | 'manual';
  /** When its baseline was taken; null before. */
  readonly since: Generated<Time | null>;
}

/**
 * The stored wish that one new revision, or one pass of an upstream stage, start one pipeline. That of a
 * revision is never deleted while its package is in the ledger: it is the proof against a second start.
 */
export interface TriggerTable {
  readonly id: Generated<number>;
  readonly pipeline_id: number;
  readonly package_id: number | null;
  readonly revision_id: number | null;
  readonly version: string | null;
  /** `algorithm:hex` of the strongest digest, or empty. */
  readonly digest: string | null;
  /** The number of the pointer's move, 0 without a pointer. */
  readonly move: number;
  /** The pass: the run of an upstream pipeline, and the attempt at its stage. */
  readonly upstream_run_id: number | null;
  readonly upstream_stage_id: number | null;
  readonly mode: 'latest' | 'every';
  /** `held` by the storm guard until somebody takes or drops it. */
  readonly state: 'waiting' | 'held' | 'started' | 'superseded' | 'dropped';
  /** The poll that brought it, as the repository's id and the fence of its lease. */
  readonly poll: string | null;
  readonly created_at: Time;
  readonly run_id: Generated<number | null>;
  /** What it waits for, as the last decision about it said; null before one. */
  readonly waits: Generated<string | null>;
}

export interface RunTable {
  readonly id: Generated<number>;
  readonly pipeline_id: number;
  readonly counter: number;
  readonly label: string;
  /** What or who started it: a reason with its facts. */
  readonly cause: Json;
  /** What kind of wish started it; only what `latest` started gives way to newer runs. */
  readonly started_by: Generated<StartedBy>;
  /** The person who triggered it. */
  readonly person: Generated<string | null>;
  /** Whether somebody took republished or withdrawn revisions all the same. */
  readonly overridden: Generated<Flag>;
  /** The runs behind it, transitively: pipeline id to run id. The packages behind it are in `run_package`. */
  readonly pipelines_behind: Generated<Json>;
  readonly status: Status;
  /** The pipeline's definition as it was, text before interpolation. */
  readonly definition: Json;
  /** What a trigger overrode. */
  readonly environment: Json;
  readonly created_at: Time;
  readonly finished_at: Generated<Time | null>;
}

export interface RunMaterialTable {
  readonly run_id: number;
  readonly position: number;
  readonly package_id: number | null;
  readonly revision_id: number | null;
  readonly version: string | null;
  readonly digest: string | null;
  readonly location: string | null;
  readonly upstream_id: number | null;
  /** Null where the upstream run is not kept any more. */
  readonly upstream_run_id: number | null;
  readonly upstream_counter: number | null;
  /**
   * The pinned revision, the material's settings and its repository's, or the upstream run, as the job's
   * environment needs them.
   */
  readonly pinned: Json;
  readonly changed: Flag;
}

/** A package behind a run, pinned by itself or by a run behind it. */
export interface RunPackageTable {
  readonly run_id: number;
  readonly pipeline_id: number;
  readonly package_id: number;
  readonly revision_id: number;
  readonly edition: number;
}

/** Sets of materials that were started automatically: each starts once. */
export interface StartedSetTable {
  readonly pipeline_id: number;
  readonly hash: string;
  readonly counter: number;
}

export interface StageTable {
  readonly id: Generated<number>;
  readonly run_id: number;
  readonly pipeline_id: number;
  readonly position: number;
  readonly name: string;
  readonly counter: number;
  readonly status: Status;
  /** Whether it is the newest attempt at its stage. */
  readonly latest: Generated<Flag>;
  /**
   * What is to let a run in, as the configuration had it when the run came to the stage, or else was created;
   * for the record.
   */
  readonly approval: Generated<Json>;
  /**
   * When all that must be passed before it was passed: from then on it waits for approval, or for its turn,
   * first in first out.
   */
  readonly ready_at: Generated<Time | null>;
  /** Before this it is not entered: the run rests in the level before. */
  readonly not_before: Generated<Time | null>;
  /** When its approval expires, while it waits for one. */
  readonly expires_at: Generated<Time | null>;
  /** When enough people had approved it. */
  readonly approved_at: Generated<Time | null>;
  /** When somebody cancelled it while it ran. */
  readonly cancel_at: Generated<Time | null>;
  /** What the last decision about its turn said it waits for. */
  readonly waits: Generated<string | null>;
  /** Since when its turn passes it by, because a pinned revision was republished or withdrawn. */
  readonly held_at: Generated<Time | null>;
  readonly started_at: Generated<Time | null>;
  readonly finished_at: Generated<Time | null>;
}

export interface JobTable {
  readonly id: Generated<number>;
  readonly stage_id: number;
  readonly name: string;
  readonly status: Status;
  /** The job of an earlier attempt that passed and was not done again; its log is that one's. */
  readonly original_id: Generated<number | null>;
  readonly exit_code: Generated<number | null>;
  readonly message: Generated<string | null>;
  readonly started_at: Generated<Time | null>;
  readonly finished_at: Generated<Time | null>;
  /** Where people see the work that is done for it on another server: http or https. */
  readonly link: Generated<string | null>;
}

export interface AttemptTable extends Leased {
  readonly id: Generated<number>;
  readonly job_id: number;
  readonly number: number;
  /** The idempotency key, the same in all attempts at a job. */
  readonly key: string;
  readonly state: 'due' | 'started' | 'done';
  readonly due_at: Time;
  /** The node that started it, where that node alone can adopt it. */
  readonly node: Generated<string | null>;
  readonly outcome: Generated<string | null>;
  /** What is known of the work on another server, as its target remembers it. */
  readonly memory: Generated<Json | null>;
  /** The result that the receiver of a webhook reported. */
  readonly report: Generated<Json | null>;
  /** Counts how often somebody said that there is something to look at. */
  readonly looks: Generated<number>;
}

/** Somebody's word on a run that waits to enter a stage. */
export interface ApprovalTable {
  readonly id: Generated<number>;
  readonly stage_id: number;
  readonly person: string;
  /** The token's name. */
  readonly name: string;
  readonly verdict: 'approved' | 'rejected';
  readonly comment: string | null;
  readonly at: Time;
}

export interface LogTable {
  readonly attempt_id: number;
  /** Raw bytes of the attempt's output up to the end of this chunk. */
  readonly upto: number;
  readonly text: string;
}

export interface DecisionTable {
  readonly id: Generated<number>;
  readonly at: Time;
  readonly pipeline_id: number;
  readonly package_id: number | null;
  readonly version: string | null;
  readonly outcome: 'started' | 'superseded' | 'waits' | 'held' | 'refused';
  /** The reason: its code in the catalogue, and what its sentence is made of. */
  readonly code: string;
  readonly facts: Json;
  readonly materials: Json;
  readonly run_id: number | null;
  /** The upstream run whose pass it is about. */
  readonly upstream_run_id: number | null;
}

/** The outbox: what happened, in the transaction in which it happened. */
export interface EventTable {
  readonly id: Generated<number>;
  readonly at: Time;
  readonly type: string;
  readonly subject: string;
  readonly data: Json;
}

/** Who did what, from where. The database refuses to change or delete a row. */
export interface AuditTable {
  readonly id: Generated<number>;
  readonly at: Time;
  readonly actor: string;
  readonly person: string;
  readonly action: string;
  readonly subject: string;
  readonly address: string | null;
  readonly details: Json;
}

/** Who is told of events: an entry of `events:`. */
export interface SinkTable extends Leased {
  readonly id: Generated<number>;
  readonly name: string;
  readonly kind: string;
  readonly active: Flag;
  /** Up to this event, those that the sink wants are in `delivery`, or done with. */
  readonly cursor: number;
  /** Grows whenever deliveries that were over wait again. */
  readonly epoch: Generated<number>;
  readonly give_up_ms: number;
}

/** An event that a sink has still to get, or that it could not be given. */
export interface DeliveryTable {
  readonly id: Generated<number>;
  readonly sink_id: number;
  readonly event_id: number;
  /** Events of one lane are delivered one after another. */
  readonly lane: string;
  readonly state: 'waiting' | 'dead';
  readonly tries: Generated<number>;
  readonly queued_at: Time;
  readonly due_at: Time;
  /** When it failed first and last. */
  readonly failed_at: Generated<Time | null>;
  readonly tried_at: Generated<Time | null>;
  readonly error: Generated<string | null>;
}

export interface NodeTable {
  readonly id: string;
  readonly configuration: string;
  readonly started_at: Time;
  readonly seen_at: Time;
}

/**
 * Single values: the active configuration's hash, the public keys that callback addresses are checked with,
 * what holds all starts.
 */
export interface SettingTable {
  readonly name: string;
  readonly value: string;
}

/** That a transaction was committed; or, settled, that one was not and cannot be any more. */
export interface CommitMarkTable {
  readonly id: string;
  readonly at: Time;
  readonly settled: Flag;
}

/** A promotion level that is a place; one that the configuration has no more keeps its history. */
export interface LevelTable {
  readonly id: Generated<number>;
  readonly name: string;
}

/** What is at a level now, of a package that was ever deployed there. */
export interface PlaceTable {
  readonly level_id: number;
  readonly package_id: number;
  readonly state: 'empty' | 'deploying' | 'live' | 'uncertain';
  /** The stay of what is live, or was before what is deployed or in doubt. */
  readonly live: number | null;
  /** The stay of what is being deployed, or may be there. */
  readonly entering: number | null;
  /** The stay of what may be there beside, while something is deployed over it. */
  readonly doubted: number | null;
  /** The run that deploys it now. */
  readonly run_id: number | null;
}

/**
 * That a version was, or may have been, at a level: kept for good, and so without reference to a run, which
 * is not.
 */
export interface StayTable {
  readonly id: Generated<number>;
  readonly level_id: number;
  readonly package_id: number;
  readonly version: string;
  /** `algorithm:hex` of the strongest digest, or empty. */
  readonly digest: string;
  /** What deployed it; null where somebody recorded it. */
  readonly pipeline: string | null;
  /** The run's. */
  readonly counter: number | null;
  readonly stage: string | null;
  readonly stage_counter: number | null;
  /** What brought it into the stage, or that somebody recorded it. */
  readonly road: Road | 'record';
  /** Who let it in, triggered the run, or recorded it. */
  readonly person: string | null;
  readonly comment: string | null;
  /** The stay of what was live before. */
  readonly instead_of: number | null;
  /** `undone` where it was cancelled before any job began. */
  readonly state: 'deploying' | 'live' | 'uncertain' | 'replaced' | 'undone';
  readonly began_at: Time;
  readonly live_at: Generated<Time | null>;
  readonly until: Generated<Time | null>;
}

/** That nothing enters a level, of one package or, where it names none, of all. */
export interface FreezeTable {
  readonly id: Generated<number>;
  readonly level_id: number;
  readonly package_id: number | null;
  readonly person: string;
  readonly comment: string;
  readonly at: Time;
  /** It is over by then. */
  readonly until: Time | null;
}

/** The tables, as queries see them. */
export interface Schema {
  repository: RepositoryTable;
  package: PackageTable;
  revision: RevisionTable;
  refused: RefusedTable;
  acknowledgement: AcknowledgementTable;
  poll: PollTable;
  pipeline: PipelineTable;
  listener: ListenerTable;
  dependency: DependencyTable;
  trigger: TriggerTable;
  run: RunTable;
  run_material: RunMaterialTable;
  run_package: RunPackageTable;
  started_set: StartedSetTable;
  stage: StageTable;
  job: JobTable;
  attempt: AttemptTable;
  approval: ApprovalTable;
  log: LogTable;
  decision: DecisionTable;
  event: EventTable;
  audit: AuditTable;
  sink: SinkTable;
  delivery: DeliveryTable;
  node: NodeTable;
  setting: SettingTable;
  commit_mark: CommitMarkTable;
  level: LevelTable;
  place: PlaceTable;
  stay: StayTable;
  freeze: FreezeTable;
}
