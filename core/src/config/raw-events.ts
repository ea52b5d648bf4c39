/**
 * An entry of `events:` as it is written, once it fits `schema/events.ts`; see `SinkConfig` for what each key
 * means.
 */
export interface RawSink {
  readonly name?: string;
  readonly http?: RawHttpSink;
  readonly slack?: { readonly url: string };
  readonly email?: RawEmailSink;
  readonly only?: readonly string[];
  readonly template?: string;
  readonly retry?: { readonly first?: string; readonly max?: string; readonly giveUp?: string };
}

export interface RawHttpSink {
  readonly url: string;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly clientCert?: string;
  readonly clientKey?: string;
}

export interface RawEmailSink {
  readonly server: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject?: string;
}
