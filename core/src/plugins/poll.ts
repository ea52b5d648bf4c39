import { isDeepStrictEqual } from 'node:util';
import type { Revision } from '@sluice/plugin-sdk';
import type { HostedPlugin } from './hosted-plugin.ts';
import type { Answer, AskedPackage, PollOptions, RefusedRevision } from './plugin-host.ts';
import type { PollPart, Question, RepositorySettings } from './protocol.ts';
import { toRevision } from './to-revision.ts';
import type { Words } from './words.ts';

/** A poll as it is asked. */
export interface PollAsked {
  readonly repository: RepositorySettings;
  readonly packages: readonly AskedPackage[];
  readonly options: PollOptions;
}

/**
 * Polls, across every process that it takes: each package is answered once, those that the plugin left out
 * with a problem. Throws {@link PluginError}, or the signal's reason.
 */
export async function* pollRepository(
  plugin: HostedPlugin,
  words: Words,
  asked: PollAsked,
): AsyncGenerator<Answer, void, undefined> {
  const { repository, packages, options } = asked;
  const { name } = repository;
  const waiting = new Map(packages.map((due) => [due.key, due]));
  const question: Question<'poll'> = { kind: 'poll', repository, cursor: options.cursor };
  let attempts = 0;
  let lastFact: Answer | undefined;
  const answers = plugin.ask(name, options.signal, (process) => {
    if (attempts++ > 0 && waiting.size === 0) return undefined;
    return readAnswers(process.ask(name, { question, items: [...waiting.values()], options }), words);
  });
  for await (const answer of answers) {
    if (answer.kind === 'repository') {
      // A process that had to be replaced may have told it already.
      if (isDeepStrictEqual(answer, lastFact)) continue;
      lastFact = answer;
    } else waiting.delete(answer.key);
    yield answer;
  }
  for (const key of waiting.keys()) {
    const message = 'The plugin broke the contract: it gave no answer for this package.';
    yield { kind: 'problem', key, problem: { code: 'PLUGIN_FAILED', message } };
  }
}

interface Pieces {
  revisions: Revision[];
  refused: RefusedRevision[];
  removed: string[];
}

async function* readAnswers(
  parts: AsyncIterable<PollPart>,
  words: Words,
): AsyncGenerator<Answer, void, undefined> {
  let pieces: Pieces = { revisions: [], refused: [], removed: [] };
  for await (const part of parts) {
    if (part.kind === 'revisions') pieces.revisions.push(...part.revisions.map(toRevision));
    else if (part.kind === 'refused') pieces.refused.push(...part.refused);
    else if (part.kind === 'removed') pieces.removed.push(...part.removed);
    else {
      yield finishAnswer(part, pieces, words);
      pieces = { revisions: [], refused: [], removed: [] };
    }
  }
}

type ClosingPart = Exclude<PollPart, { readonly kind: keyof Pieces }>;

function finishAnswer(part: ClosingPart, { revisions, refused, removed }: Pieces, words: Words): Answer {
  switch (part.kind) {
    case 'unchanged':
      return { kind: 'unchanged', key: part.key };
    case 'problem':
      return { kind: 'problem', key: part.key, problem: words.showProblem(part.problem) };
    case 'repository':
      return { kind: 'repository', warning: part.warning && words.show(part.warning), cursor: part.cursor };
    case 'pointer':
      return {
        kind: 'pointer',
        key: part.key,
        current: part.current,
        revisions,
        refused,
        cursor: part.cursor,
      };
    case 'difference':
      return { kind: 'difference', key: part.key, added: revisions, removed, refused, cursor: part.cursor };
    case 'complete':
      return { kind: 'complete', key: part.key, revisions, refused, cursor: part.cursor };
  }
}
