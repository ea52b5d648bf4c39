import type { RemoteKindName, RemoteSettings } from '../../config/jobs.ts';
import type { RemoteHttp } from './http.ts';

/**
 * How to deal with one kind of server. Adding a kind is one such object, its settings, and a row in the
 * tests.
 */
export interface RemoteKind<K extends RemoteKindName = RemoteKindName> {
  /** What people call such a build: `the workflow run`. */
  readonly noun: string;
  /** The server that is meant where none is configured. */
  readonly url?: string;
  /**
   * How long after a request its build may take to show, in milliseconds: not below 30,000, for which the
   * request itself may last.
   */
  readonly settleMs: number;
  /**
   * How long a build that was asked for may take to show at most, in milliseconds; without it, as long as the
   * job's time limit allows.
   */
  readonly showMs?: number;
  /** `settings` are filled in, but for their parameters, which come with the order. */
  open(settings: RemoteSettings[K], http: RemoteHttp): RemoteServer;
}

/**
 * One server, as one job uses it. All methods throw `RemoteProblem` for what the server or the way to it
 * makes of a request.
 */
export interface RemoteServer {
  /**
   * Something that is so before the build is asked for and helps to recognise it later; stored before
   * anything is sent.
   */
  readMark?(): Promise<string>;
  /** The build that carries a key. `absent` only where it is certain that there is none. */
  find(sought: Sought): Promise<Found>;
  /** Asks for the build, once. Undefined where the server takes the request without naming the build. */
  start(order: Order): Promise<Started | undefined>;
  read(ref: string): Promise<Reading>;
  cancel(ref: string): Promise<void>;
}

/** A build that may be there. */
export interface Sought {
  readonly key: string;
  /** It was asked for after this time, in milliseconds by our clock. */
  readonly since: number;
  readonly mark: string | undefined;
}

/** Where the build that was sought is. */
export type Found = Started | 'absent' | 'unknown';

/** A build that is there. */
export interface Started {
  /** Its name over there, for {@link RemoteServer.read}. */
  readonly ref: string;
  readonly link?: string | undefined;
}

/** A build to start. */
export interface Order {
  readonly key: string;
  /** For people: which run and job asks for it. */
  readonly title: string;
  /** The parameters that the job's configuration chooses; undefined where it chooses none. */
  readonly chosen: Readonly<Record<string, string>> | undefined;
  /** What goes along where none are chosen: the job's environment without secrets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How a build is. */
export interface Reading {
  readonly status: 'queued' | 'running' | 'passed' | 'failed' | 'cancelled';
  /** The server's own word for it. */
  readonly word: string;
  /** Where it goes by another name by now. */
  readonly ref?: string;
  readonly link?: string | undefined;
}

/** The name of the parameter that carries the idempotency key, on every kind of server. */
export const keyName = 'SLUICE_IDEMPOTENCY_KEY';
