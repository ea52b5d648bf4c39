import { checkRevision, findVersionFault, PluginError } from '@sluice/plugin-sdk';
import { crossing, type PollPart } from '../protocol.ts';
import { Pieces } from './pieces.ts';
import type { Reply } from './reply.ts';
import { toProblem } from './thrown.ts';

type Raw = Readonly<Record<string, unknown>>;

const mostFacts = 1000;

/** Understands what an answer of `poll` may say, and how it is told in pieces. */
export class AnswerWriter {
  readonly #reply: Reply;
  readonly #files: boolean;
  #facts = 0;

  constructor(reply: Reply, files: boolean) {
    this.#reply = reply;
    this.#files = files;
  }

  /**
   * Tells what the plugin said of one package; an answer that breaks a rule becomes the package's problem.
   */
  async writeAnswer(key: string, answer: unknown): Promise<void> {
    try {
      await this.#write(key, isRaw(answer) ? answer : {});
    } catch (thrown) {
      this.#reply.signal.throwIfAborted();
      await this.#part({ kind: 'problem', key, problem: toProblem(thrown) });
    }
  }

  /** Tells a fact about the repository. Throws `PLUGIN_FAILED` where it breaks a rule. */
  async writeFact(fact: unknown): Promise<void> {
    if (!isRaw(fact)) throw broken('a fact about the repository is no object');
    if (++this.#facts > mostFacts)
      throw broken(`it told more than ${mostFacts} facts about the repository in one poll`);
    const { warning } = fact;
    if (warning !== undefined && typeof warning !== 'string')
      throw broken('the warning about the repository is no text');
    await this.#part({
      kind: 'repository',
      ...(warning !== undefined && { warning: warning.slice(0, crossing.message) }),
      ...readCursor(fact),
    });
  }

  async #write(key: string, answer: Raw): Promise<void> {
    if (answer['problem'] !== undefined) throw answer['problem'];
    if (answer['unchanged'] === true) return this.#part({ kind: 'unchanged', key });
    const cursor = readCursor(answer);
    if (Array.isArray(answer['added']) && Array.isArray(answer['removed'])) {
      await this.#revisions(key, answer['added'], answer['removed'].length);
      await this.#removed(key, answer['removed']);
      return this.#part({ kind: 'difference', key, ...cursor });
    }
    if (!Array.isArray(answer['revisions']))
      throw broken('it answered with neither unchanged, revisions, added and removed, nor a problem');
    const { current } = answer;
    if (current !== undefined) requireVersion(current);
    await this.#revisions(key, answer['revisions']);
    return this.#part(
      current === undefined
        ? { kind: 'complete', key, ...cursor }
        : { kind: 'pointer', key, current, ...cursor },
    );
  }

  async #revisions(key: string, revisions: readonly unknown[], more = 0): Promise<void> {
    requireSize(revisions.length + more);
    const kept = new Pieces(this.#reply, `{"kind":"revisions","key":${JSON.stringify(key)},"revisions":`);
    const refused = new Pieces(this.#reply, `{"kind":"refused","key":${JSON.stringify(key)},"refused":`);
    const versions = new Set<string>();
    for (const raw of revisions) {
      await this.#reply.breathe();
      const judged = this.#judge(raw, versions);
      if ('kept' in judged) await kept.add(judged.kept);
      else await refused.add(JSON.stringify({ version: showVersion(raw), reason: judged.refused }));
    }
    await kept.finish();
    await refused.finish();
  }

  #judge(raw: unknown, versions: Set<string>): { readonly kept: string } | { readonly refused: string } {
    const checked = checkRevision(raw, { files: this.#files });
    if ('refused' in checked) return checked;
    const { version } = checked.revision;
    if (versions.has(version)) return { refused: 'the version is given twice; the first counts' };
    versions.add(version);
    const kept = JSON.stringify(checked.revision);
    return kept.length <= crossing.item
      ? { kept }
      : { refused: `the revision is more than ${crossing.item} characters` };
  }

  async #removed(key: string, removed: readonly unknown[]): Promise<void> {
    const pieces = new Pieces(this.#reply, `{"kind":"removed","key":${JSON.stringify(key)},"removed":`);
    for (const version of removed) {
      await this.#reply.breathe();
      requireVersion(version);
      await pieces.add(JSON.stringify(version));
    }
    await pieces.finish();
  }

  #part(part: PollPart): Promise<void> {
    return this.#reply.part(JSON.stringify(part));
  }
}

function showVersion(raw: unknown): string {
  const version = isRaw(raw) ? raw['version'] : undefined;
  if (typeof version !== 'string') return '';
  return [...version.slice(0, 255)].map(escapeUnseen).join('').slice(0, 255).toWellFormed();
}

function escapeUnseen(character: string): string {
  return /[\p{Cc}\p{Cf}\p{Cs}\p{White_Space}]/u.test(character)
    ? `\\u{${character.codePointAt(0)?.toString(16)}}`
    : character;
}

function readCursor(raw: Raw): { readonly cursor?: string } {
  const { cursor } = raw;
  if (cursor === undefined) return {};
  if (typeof cursor !== 'string' || !cursor.isWellFormed()) throw broken('its cursor is no text');
  if (Buffer.byteLength(cursor) > crossing.cursor)
    throw broken(`its cursor is more than ${crossing.cursor} bytes`);
  return { cursor };
}

function requireVersion(version: unknown): asserts version is string {
  const fault = findVersionFault(version);
  if (fault !== undefined) throw broken(`it named a version that cannot be one: ${fault}`);
}

function requireSize(revisions: number): void {
  if (revisions <= crossing.revisions) return;
  throw new PluginError(
    'TOO_LARGE',
    `more than ${crossing.revisions} revisions in one answer: watch fewer of them`,
  );
}

function broken(what: string): PluginError {
  return new PluginError('PLUGIN_FAILED', `The plugin broke the contract: ${what}.`);
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
