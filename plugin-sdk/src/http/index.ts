export type { HttpCall } from './call-http.ts';
export { createHttp, type HttpClient } from './client.ts';
export { Connections } from './connections.ts';
export { type Reach, refuseBeyond } from './private-address.ts';
export { readRetryAfter } from './retries.ts';
export type { Clock, HttpSettings } from './settings.ts';
