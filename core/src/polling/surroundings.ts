import type { Config } from '../config/config.ts';
import type { Calendar } from '../engine/calendar.ts';
import type { SecretFields } from '../engine/in-force.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import type { Store } from '../store/store.ts';
import type { PollObserver } from './observer.ts';

/** What polling needs around it. */
export interface PollSurroundings {
  readonly store: Store;
  readonly host: PluginHost;
  readonly config: Config;
  readonly secretFields: SecretFields;
  readonly calendar: Calendar;
  readonly observer: PollObserver;
  readonly now: () => number;
  readonly random: () => number;
}
