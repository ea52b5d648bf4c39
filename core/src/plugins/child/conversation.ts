import { type PackagePlugin, PluginError, type Surroundings } from '@sluice/plugin-sdk';
import type { Lines } from '../lines.ts';
import type { FromPlugin, Question, ToPlugin } from '../protocol.ts';
import { answerQuestion } from './answer.ts';
import { OpenRepositories } from './open-repositories.ts';
import { Reply } from './reply.ts';
import type { Talk } from './talk.ts';
import { toProblem } from './thrown.ts';

/** A question that is being asked or answered. */
interface Asked {
  readonly question: Question;
  readonly items: unknown[];
  readonly abort: AbortController;
  readonly reply: Reply;
  /** Whether every item was said. */
  going: boolean;
}

/** Understands which questions the server has asked, and how far each is. */
export class Conversation {
  readonly #plugin: PackagePlugin;
  readonly #lines: Lines;
  readonly #talk: Talk;
  readonly #asked = new Map<number, Asked>();
  readonly #repositories: OpenRepositories;

  constructor(plugin: PackagePlugin, surroundings: Surroundings, lines: Lines, talk: Talk) {
    this.#plugin = plugin;
    this.#lines = lines;
    this.#talk = talk;
    this.#repositories = new OpenRepositories(plugin, surroundings);
  }

  /** Takes what the server said. */
  receive(message: Exclude<ToPlugin, { type: 'surroundings' }>): void {
    if (message.type === 'question') {
      this.#begin(message.id, message.question);
      return;
    }
    const asked = this.#asked.get(message.id);
    // A question that has ended may still be given credit, or be aborted.
    if (asked === undefined) return;
    if (message.type === 'items') asked.items.push(...message.items);
    else if (message.type === 'go') void this.#answer(asked);
    else if (message.type === 'credit') asked.reply.credit(message.characters);
    else this.#abort(asked, message.reason);
  }

  #begin(id: number, question: Question): void {
    const abort = new AbortController();
    this.#asked.set(id, {
      question,
      items: [],
      abort,
      reply: new Reply(id, abort.signal, this.#lines),
      going: false,
    });
  }

  #abort(asked: Asked, reason: string): void {
    this.#lines.send({ type: 'aborting', id: asked.reply.id } satisfies FromPlugin);
    asked.abort.abort(new PluginError('TIMEOUT', reason));
    // A question that was never asked to its end has nothing that could end by itself.
    if (!asked.going) void this.#answer(asked);
  }

  async #answer(asked: Asked): Promise<void> {
    const { question, items, reply } = asked;
    asked.going = true;
    const desk = { plugin: this.#plugin, repositories: this.#repositories, reply, talk: this.#talk };
    try {
      reply.signal.throwIfAborted();
      await answerQuestion(question, items, desk);
      reply.finish();
    } catch (thrown) {
      if (thrown instanceof Error && !(thrown instanceof PluginError))
        this.#talk.log('warn', String(thrown.stack), reply.id);
      reply.finish(toProblem(thrown));
    } finally {
      this.#asked.delete(reply.id);
    }
  }
}
