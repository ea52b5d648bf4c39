import type { FastifyInstance } from 'fastify';
import { apiErrors } from './api-error.ts';

/** A JSON Schema (2020-12, as OpenAPI 3.1 has it). */
type Schema = Readonly<Record<string, unknown>>;

/** An object that always has these members, and in later versions may have more. */
function object(description: string, properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', description, properties, required: Object.keys(properties) };
}

function orNull(schema: Schema): Schema {
  return '$ref' in schema || 'properties' in schema
    ? { anyOf: [schema, { type: 'null' }] }
    : { ...schema, type: [schema['type'], 'null'] };
}

const array = (items: Schema): Schema => ({ type: 'array', items });
const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const count: Schema = { type: 'integer', minimum: 0 };
const time: Schema = { type: 'string', format: 'date-time' };
const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };
const anything: Schema = { type: 'object', additionalProperties: true };
const status: Schema = {
  type: 'string',
  enum: ['pending', 'waiting', 'running', 'passed', 'failed', 'cancelled'],
};
const digest: Schema = { type: 'string', description: 'The strongest digest, as `algorithm:hex`' };
const versions: Schema = {
  type: 'object',
  additionalProperties: { type: ['string', 'integer'] },
  description: 'By material, `npmjs/fastify` to `5.2.1`, or `build` to the counter of its run',
};

const code: Schema = {
  type: 'string',
  description: 'The code of the reason; docs/decisions.md has a row for each',
};
const facts: Schema = { ...anything, description: 'What the sentence of the reason is made of' };
const reason = object('The rule that stands against a request, where one does', { code, facts });

const job = object('A job of a stage', {
  name: text,
  status,
  exitCode: orNull({ type: 'integer' }),
  message: orNull(text),
  link: { ...orNull(text), description: 'Where people see what is done for it on another server' },
});

const approvals = array(
  object("Somebody's word on the run's entering", {
    person: text,
    name: { ...text, description: 'The token that was used' },
    verdict: { type: 'string', enum: ['approved', 'rejected'] },
    comment: orNull(text),
    at: time,
  }),
);

const stage = object('A stage of a run; one that was run again is there each time', {
  name: text,
  counter: count,
  status,
  approval: { type: 'string', enum: ['auto', 'manual'] },
  approvals,
  readyAt: { ...orNull(time), description: 'Since when a run waits to enter it, or waited' },
  cancelAt: { ...orNull(time), description: 'When somebody cancelled it while it ran' },
  expiresAt: { ...orNull(time), description: 'When its waiting for approval ends' },
  notBefore: { ...orNull(time), description: 'Until when the run rests in the level before' },
  held: { ...flag, description: 'A pinned revision is republished or withdrawn' },
  startedAt: orNull(time),
  finishedAt: orNull(time),
  jobs: array(job),
});

const alarms = array(
  object('Something that whoever acts on a version must know', {
    kind: {
      type: 'string',
      enum: ['republished', 'withdrawn', 'missing', 'deprecated', 'yanked'],
      description:
        '`republished`: with other bytes, which nobody has acknowledged; `missing`: from the last answer',
    },
    package: text,
    version: text,
  }),
);
const changed = { ...flag, description: 'Whether it differs from the run before' };
const pinned: Schema = {
  anyOf: [
    object('A package that a run pinned', {
      package: text,
      version: text,
      digest: orNull(digest),
      location: orNull(text),
      changed,
    }),
    object('A run of another pipeline that a run pinned', {
      pipeline: text,
      counter: count,
      label: text,
      stage: text,
      changed,
    }),
  ],
};
const path: Schema = { type: 'string', description: 'Below the address of the server' };
const revisionState: Schema = { type: 'string', enum: ['published', 'republished', 'withdrawn'] };
const standing: Schema = { type: 'string', enum: ['ok', 'deprecated', 'yanked'] };
const next: Schema = {
  type: ['integer', 'null'],
  description: 'The ?after= of the next page; null where this is the last',
};
const isDirect = { ...flag, description: 'Whether a run pinned it itself' };
const comparedRun = object('A run', { counter: count, label: text, status, path });
const upstreamRun = object('A run of another pipeline', { counter: count, label: orNull(text), path });

const boardCell = object('The newest run of a version that came to a level', {
  pipeline: text,
  counter: count,
  label: text,
  stage: text,
  stageCounter: count,
  status,
  held: { ...flag, description: 'A pinned revision is republished or withdrawn' },
});

const valueStream = {
  nodes: array({
    anyOf: [
      object('A version of a package', {
        id: text,
        kind: { type: 'string', const: 'package' },
        package: text,
        version: text,
        label: text,
        status: revisionState,
      }),
      object('A run', {
        id: text,
        kind: { type: 'string', const: 'run' },
        pipeline: text,
        counter: count,
        label: text,
        status,
        stages: array(object('The newest attempt at a stage', { name: text, counter: count, status })),
      }),
    ],
  }),
  edges: array(object('From what flowed to what it flowed into, by id', { from: text, to: text })),
  truncated: { ...flag, description: 'There is more than is shown' },
};

const stay = object('That a version was, or may have been, at a level', {
  level: text,
  package: text,
  version: text,
  digest: { ...digest, description: 'The strongest digest, as `algorithm:hex`; empty where there is none' },
  pipeline: { ...orNull(text), description: 'What deployed it; null where somebody recorded it' },
  counter: { ...orNull(count), description: 'Of the run, which may be kept no more' },
  stage: orNull(text),
  stageCounter: orNull(count),
  road: {
    type: 'string',
    enum: ['trigger', 'hand', 'pass', 'approval', 'rerun', 'record'],
    description: 'What brought it into the stage, or that somebody recorded it',
  },
  person: { ...orNull(text), description: 'Who let it in, triggered the run, or recorded it' },
  comment: orNull(text),
  insteadOf: { ...orNull(text), description: 'The version that was live before' },
  state: {
    type: 'string',
    enum: ['deploying', 'live', 'uncertain', 'replaced', 'undone'],
    description: '`undone`: cancelled before any job began',
  },
  beganAt: time,
  liveAt: orNull(time),
  until: orNull(time),
});

const frozen: Schema = {
  ...orNull(object('Who froze it, when and why', { by: text, at: time, reason: text, until: orNull(time) })),
};

const trigger: Schema = { type: 'string', enum: ['latest', 'every', 'manual'] };

/** What the API speaks of; each is a component of the OpenAPI document. */
const nouns = {
  Error: object('A refusal, or a failure', {
    error: {
      type: 'object',
      description: 'What is wrong',
      properties: { code: { type: 'string', enum: Object.keys(apiErrors) }, message: text, reason },
      required: ['code', 'message'],
    },
  }),
  Problem: object('What is wrong with a repository or a package', { code: text, message: text, since: time }),
  Repository: object('A repository, and how it is', {
    name: text,
    plugin: text,
    status: { type: 'string', enum: ['ok', 'failing', 'never polled'] },
    problem: orNull({ $ref: 'Problem#' }),
    warning: orNull(text),
    lastPoll: orNull(time),
    nextPoll: { ...orNull(time), description: 'Null where it is polled on request only' },
    listenedTo: {
      ...flag,
      description: 'A pipeline listens to a package of it; else it is polled on request only',
    },
    packages: array(
      object('A package, and how it is', {
        name: text,
        problem: orNull({ $ref: 'Problem#' }),
        pointer: { ...orNull(text), description: 'The version that a followed pointer names' },
      }),
    ),
  }),
  Poll: object('A poll that ended', {
    startedAt: time,
    finishedAt: time,
    outcome: { type: 'string', enum: ['ok', 'partial', 'failed'] },
    packages: { ...count, description: 'Packages asked about' },
    problems: { ...count, description: 'Packages with a problem' },
    revisions: { ...count, description: 'Revisions recorded for the first time' },
    requests: count,
    bytes: count,
    problem: orNull(object('The first problem', { code: text, message: text })),
  }),
  Revision: object('A published version of a package', {
    version: text,
    digest: orNull(digest),
    digests: { ...texts, description: 'Hexadecimal, by algorithm' },
    location: orNull(text),
    publishedAt: orNull(time),
    publisher: orNull(text),
    comment: orNull(text),
    trackbackUrl: orNull(text),
    purl: orNull(text),
    standing,
    warning: orNull(text),
    data: texts,
    state: revisionState,
    detectedAt: time,
  }),
  Pipeline: object('A pipeline, and how it is', {
    name: text,
    group: orNull(text),
    paused: orNull(
      object('Since when, why and by whom', { since: time, reason: orNull(text), by: orNull(text) }),
    ),
    lock: { type: 'string', enum: ['none', 'onFailure', 'unlockWhenFinished'] },
    lockedBy: { ...orNull(count), description: 'The run that holds the lock' },
    timer: { ...orNull(time), description: 'When its timer comes next, or came and waits' },
    waiting: { ...count, description: 'Triggers that wait' },
    held: { ...count, description: 'Triggers that the storm guard holds' },
    lastRun: orNull(object('Its newest run', { counter: count, label: text, status })),
    materials: array({
      anyOf: [
        object('A package that it listens to', { package: text, trigger }),
        object('A stage of a pipeline that it listens to', { pipeline: text, stage: text, trigger }),
      ],
    }),
    publishes: { ...array(text), description: 'The packages that its runs publish' },
    stages: array(text),
  }),
  Run: object('One passage of pinned revisions through a pipeline', {
    pipeline: text,
    counter: count,
    label: text,
    cause: { ...text, description: 'What or who started it, in words' },
    because: object('What or who started it', { code, facts }),
    startedBy: { type: 'string', enum: ['latest', 'every', 'timer', 'person'] },
    person: { ...orNull(text), description: 'Who triggered it' },
    status,
    createdAt: time,
    finishedAt: orNull(time),
    materials: array(pinned),
    alarms: { ...alarms, description: 'What is wrong by now with the versions behind it' },
    stages: array(stage),
  }),
  WaitingApproval: object('A run that waits for people to let it into a stage', {
    pipeline: text,
    counter: count,
    label: text,
    stage: text,
    stageCounter: count,
    person: { ...orNull(text), description: 'Who triggered the run' },
    since: orNull(time),
    expiresAt: orNull(time),
    alarms: { ...alarms, description: 'What is wrong by now with the versions behind it' },
    approvals,
    mayApprove: { ...flag, description: 'Whether whoever asks could approve it now' },
  }),
  Decision: object('Why a revision or a request did or did not start a run', {
    at: time,
    pipeline: text,
    outcome: { type: 'string', enum: ['started', 'superseded', 'waits', 'held', 'refused'] },
    reason: { ...text, description: 'In words' },
    code,
    facts,
    materials: versions,
    run: { ...orNull(count), description: "The run's counter" },
    upstream: orNull(object('The upstream run whose pass it is about', { pipeline: text, counter: count })),
    links: object('Where the API has what it talks about', {
      run: orNull(path),
      upstream: orNull(path),
      materials: { type: 'object', additionalProperties: path },
    }),
  }),
  ValueStream: object('What flowed into what', valueStream),
  RevisionValueStream: object('What flowed into what, and where the version is now', {
    ...valueStream,
    levels: array(boardCell),
  }),
  Board: object('The levels that a package flows through, and its versions, newest first', {
    levels: array(
      object('A stage of a pipeline, in the order of the flow', {
        pipeline: text,
        stage: text,
        after: { ...array(count), description: 'The levels right before it, by their place in the list' },
      }),
    ),
    items: array(
      object('A version', {
        version: text,
        state: revisionState,
        standing,
        alarms: { ...alarms, description: 'What is wrong with it by now' },
        publishedAt: orNull(time),
        detectedAt: time,
        cells: {
          ...array(orNull(boardCell)),
          description: 'For each level the newest run that came to it; null where none did yet',
        },
        ready: {
          ...array(flag),
          description: 'For each level, whether the version has passed every level before it',
        },
      }),
    ),
    next,
  }),
  Level: object('A level that is a place, and what is there', {
    name: text,
    frozen: { ...frozen, description: 'Whether nothing enters it, of whatever package' },
    places: array(
      object('What is there of a package', {
        package: text,
        state: { type: 'string', enum: ['empty', 'deploying', 'live', 'uncertain'] },
        live: {
          ...orNull({ $ref: 'Stay#' }),
          description: 'What is live, or was before what is deployed or in doubt',
        },
        entering: { ...orNull({ $ref: 'Stay#' }), description: 'What is being deployed, or may be there' },
        frozen: { ...frozen, description: 'Whether just this package does not enter' },
      }),
    ),
  }),
  Stay: stay,
  Comparison: object('What changed from one run to another in everything behind them', {
    pipeline: text,
    from: comparedRun,
    to: comparedRun,
    packages: array(
      object('What became of a package', {
        package: text,
        direct: isDirect,
        change: { type: 'string', enum: ['same', 'raised', 'lowered', 'rebuilt', 'added', 'removed'] },
        from: { ...orNull(text), description: 'The version behind the first run' },
        to: { ...orNull(text), description: 'The version behind the other run' },
        between: array(
          object('A version above the lower one, up to the higher one; highest first', {
            version: text,
            state: revisionState,
            publishedAt: orNull(time),
            publisher: orNull(text),
            comment: orNull(text),
            trackbackUrl: orNull(text),
          }),
        ),
        truncated: { ...flag, description: 'There are more between; the revisions at `path` have them all' },
        path,
      }),
    ),
    pipelines: array(
      object("What became of an upstream pipeline's run; null where there is none, or none any more", {
        pipeline: text,
        direct: isDirect,
        changed: flag,
        from: orNull(upstreamRun),
        to: orNull(upstreamRun),
        compare: { ...orNull(path), description: 'The comparison of the two' },
      }),
    ),
  }),
  Held: object('A trigger that the storm guard holds, and what it would start', {
    materials: versions,
    trigger: { type: 'string', enum: ['latest', 'every'] },
  }),
  Audit: object('What somebody did', {
    id: count,
    at: time,
    actor: { ...text, description: 'The name of a token, or `anonymous`, `hook`, `configuration`' },
    person: { ...text, description: 'Whom the token stands for' },
    action: { ...text, description: 'What was done: `trigger`, `poll`, `acknowledge`, ...' },
    subject: { ...text, description: 'What it was done to: `npmjs`, `npmjs/fastify/5.2.1`, `acceptance/17`' },
    from: { ...orNull(text), description: 'The address that it came from' },
    details: anything,
  }),
  Sink: object('Who is told of events, and how that goes', {
    name: text,
    kind: { type: 'string', enum: ['http', 'slack', 'email'] },
    position: { ...count, description: 'The event up to which it was looked what the sink is to get' },
    lag: { ...count, description: 'Events that wait for it, and those after its position' },
    failing: orNull(
      object('Since when events wait that could not be delivered, and what went wrong last', {
        since: time,
        error: text,
      }),
    ),
    deadLetters: { ...count, description: 'Events that it did not get' },
  }),
  DeadLetter: object('An event that a sink did not get', {
    sink: text,
    event: object('What happened', { id: count, at: time, type: text, subject: text, data: anything }),
    tries: count,
    at: { ...time, description: 'When it was tried last' },
    error: text,
  }),
  Replay: object('What is told again', {
    items: array(
      object('What one sink is told again', {
        name: text,
        deadLetters: { ...count, description: 'Dead letters that wait again' },
        position: { ...count, description: 'The event after which the sink goes on' },
      }),
    ),
  }),
  Plugin: object('A plugin that is loaded', {
    id: text,
    title: text,
    version: text,
    contract: { type: 'integer', description: 'Of the contract between Sluice and plugins' },
    source: { type: 'string', description: 'A package name or a path' },
  }),
  Configuration: object('The configuration that runs, as it was written; literal secrets are hidden', {
    file: text,
    files: array(text),
    hash: text,
    loadedAt: time,
    refused: orNull(
      object('Why the files as they are now were not taken', {
        at: time,
        problems: array({ ...text, description: 'file:line:column: what' }),
      }),
    ),
    events: array(anything),
    repositories: array(anything),
    pipelines: array(anything),
  }),
  Actor: object('Whom a token stands for', { name: text, person: text, roles: array(text) }),
  Health: object('The process answers', { status: { type: 'string', const: 'ok' } }),
  Readiness: object('Whether work is taken', {
    status: { type: 'string', enum: ['ready', 'not ready'] },
    reasons: array(text),
  }),
  Hold: object('Whether all starts are held', {
    held: orNull(object('Nothing starts until somebody releases it', { since: time, reason: text })),
  }),
  Requested: object('A poll will begin', { requested: { type: 'boolean', const: true } }),
  Looking: object('The builds that were meant are looked at', {
    looking: { ...count, description: 'How many' },
  }),
  Reported: object('The result is taken', { reported: { type: 'boolean', const: true } }),
  Acknowledged: object('The bytes are taken for right', { acknowledged: { type: 'boolean', const: true } }),
} satisfies Readonly<Record<string, Schema>>;

type Noun = keyof typeof nouns;

function ref(noun: Noun): Schema {
  return { $ref: `${noun}#` };
}

/** What a route answers, for its `response`. */
export function answerOne(noun: Noun, status = 200): Schema {
  return { [status]: ref(noun) };
}

/** A page of a list, for the `response` of a route. */
export function answerList(noun: Noun): Schema {
  return { 200: object('A page of a list', { items: array(ref(noun)), next }) };
}

/** A page of a list that is searched, for the `response` of a route. */
export function answerSearch(noun: Noun): Schema {
  const searchedTo = {
    ...orNull(time),
    description:
      'The search was cut short, and older ones are left to look at: it looked back to this time; go on with `next`',
  };
  return { 200: object('A page of what was found', { items: array(ref(noun)), next, searchedTo }) };
}

/** Text that is not JSON, for the `response` of a route. */
export function answerText(type: string, description: string): Schema {
  return { 200: { description, content: { [type]: { schema: text } } } };
}

/**
 * Makes the nouns known to a server: routes name them, and every route may answer an error. They describe,
 * and change no answer.
 */
export function registerSchemas(server: FastifyInstance): void {
  for (const [noun, schema] of Object.entries(nouns)) server.addSchema({ $id: noun, ...schema });
  server.setSerializerCompiler(() => JSON.stringify);
  server.addHook('onRoute', (route) => {
    if (!route.schema) return;
    const { response } = route.schema;
    route.schema.response = { ...(typeof response === 'object' && response), default: ref('Error') };
  });
}
