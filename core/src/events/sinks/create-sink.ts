import type { SinkConfig } from '../../config/events.ts';
import { createEmailSink } from './email-sink.ts';
import { createHttpSink } from './http-sink.ts';
import type { Sink, SinkSurroundings } from './sink.ts';
import { createSlackSink } from './slack-sink.ts';

/** The sink that an entry of `events:` describes. */
export function createSink(config: SinkConfig, surroundings: SinkSurroundings): Sink {
  switch (config.kind) {
    case 'http':
      return createHttpSink(config, surroundings);
    case 'slack':
      return createSlackSink(config, surroundings);
    case 'email':
      return createEmailSink(config, surroundings);
  }
}
