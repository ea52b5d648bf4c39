export type { HttpCall } from './call-http.ts';
export { createHttp, type HttpClient } from './client.ts';
export { readRetryAfter } from './retries.ts';
export type { Clock, HttpSettings } from './settings.ts';
