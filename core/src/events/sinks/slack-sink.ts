import type { SlackSinkConfig } from '../../config/events.ts';
import { createMasker } from '../../targets/log-text.ts';
import { toOneLine, writeMessage } from '../message.ts';
import { judgeReply, shownBytes } from './judge-reply.ts';
import { readAddress } from './read-address.ts';
import type { Sink, SinkSurroundings } from './sink.ts';
import { SinkWires } from './sink-wires.ts';

const usualText = '{{text}}';

/**
 * Sends messages to an incoming webhook as Slack has them, and those who took that over: a POST of `{"text":
 * ...}` in mrkdwn.
 */
export function createSlackSink(
  { url: address, template = usualText }: SlackSinkConfig,
  surroundings: SinkSurroundings,
): Sink {
  const { resolve, origin, now, tryMs } = surroundings;
  const wires = new SinkWires(surroundings);
  return {
    async give(event, signal) {
      // Whoever knows the address can write there, so it is never shown.
      const url = readAddress(resolve(address), '[secret]');
      const text = writeMessage(resolve(template), event, { origin, quote: escapeMrkdwn });
      const headers = { 'content-type': 'application/json; charset=utf-8' };
      const request = { method: 'POST', url, headers, timeoutMs: tryMs, mostBytes: shownBytes, now } as const;
      const reply = await wires.send({ ...request, body: JSON.stringify({ text }) }, signal);
      signal.throwIfAborted();
      return judgeReply(reply, createMasker([url.href, url.pathname]));
    },
  };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text as Slack shows it literally: no link, no mention, no line of its own. */
export function escapeMrkdwn(text: string): string {
  return toOneLine(text).replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
}
