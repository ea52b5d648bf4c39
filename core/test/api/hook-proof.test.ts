import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { provesItself } from '../../src/api/hook-proof.ts';

const secret = 'a hook secret';
const body = Buffer.from('{"name":"fastify","event":"package:publish"}');
const sign = (algorithm: string, key = secret) => createHmac(algorithm, key).update(body).digest('hex');

describe('a hook proves itself', () => {
  it.each([
    ['the secret in X-Sluice-Token', { 'x-sluice-token': secret }],
    ['the secret as a bearer token', { authorization: `Bearer ${secret}` }],
    ['the secret in X-JFrog-Event-Auth', { 'x-jfrog-event-auth': secret }],
    ["JFrog's signature", { 'x-jfrog-event-auth': sign('sha256') }],
    ["GitHub's signature", { 'x-hub-signature-256': `sha256=${sign('sha256')}` }],
    ["npm's signature", { 'x-npm-signature': `sha256=${sign('sha256')}` }],
    ["Nexus's signature", { 'x-nexus-webhook-signature': sign('sha1') }],
  ])('by %s', (_, headers) => {
    expect(provesItself(headers, body, secret)).toBe(true);
  });

  it.each([
    ['no header', {}],
    ['another secret', { 'x-sluice-token': 'a hook secret.' }],
    ['an empty secret', { 'x-sluice-token': '' }],
    ['the secret as basic authentication', { authorization: `Basic ${secret}` }],
    ['a signature with another secret', { 'x-hub-signature-256': `sha256=${sign('sha256', 'other')}` }],
    ['a signature of another algorithm', { 'x-hub-signature-256': `sha256=${sign('sha1')}` }],
    ['a signature in a header sent twice', { 'x-nexus-webhook-signature': [sign('sha1'), sign('sha1')] }],
  ])('not by %s', (_, headers) => {
    expect(provesItself(headers, body, secret)).toBe(false);
  });

  it('not by the signature of another body', () => {
    expect(provesItself({ 'x-npm-signature': `sha256=${sign('sha256')}` }, Buffer.from('{}'), secret)).toBe(
      false,
    );
  });
});
