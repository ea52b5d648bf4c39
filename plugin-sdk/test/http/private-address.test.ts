import { describe, expect, test } from 'vitest';
import { lookupWithin, refuseBeyond } from '../../src/http/private-address.ts';

const publicOnly = { allowPrivate: false };
const anywhere = { allowPrivate: true };

describe('where private addresses are not allowed', () => {
  test.each([
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '169.254.1.1',
      '0.0.0.0',
      '255.255.255.255',
    ],
    ...[
      '[::1]',
      '[::]',
      '[fc00::1]',
      '[fd12::1]',
      '[fe80::1]',
      '[::ffff:10.0.0.1]',
      '[64:ff9b::a00:1]',
      '[2002:c0a8:101::1]',
      '[ff02::1]',
    ],
    ...['localhost', 'x.localhost', 'localhost.'],
  ])('%s is refused', (host) => {
    expect(() => refuseBeyond(host, publicOnly)).toThrow(/private address|metadata service/);
  });

  test.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '[2606:4700::1111]',
    '[64:ff9b::808:808]',
    '[2002:808:808::1]',
    'example.com',
  ])('%s is not', (host) => {
    expect(() => refuseBeyond(host, publicOnly)).not.toThrow();
  });

  test.each([{}, { all: true }])(
    'a name that leads to one is refused where it is looked up (%j)',
    async (options) => {
      const error = await new Promise<Error | null>((resolve) =>
        lookupWithin(publicOnly)('localhost', options, resolve),
      );
      expect(error?.message).toContain('private address');
    },
  );
});

test('where they are allowed, only the metadata services of clouds are refused', async () => {
  expect(() => refuseBeyond('127.0.0.1', anywhere)).not.toThrow();
  expect(() => refuseBeyond('169.254.169.254', anywhere)).toThrow('metadata');
  const error = await new Promise<Error | null>((resolve) =>
    lookupWithin(anywhere)('localhost', {}, resolve),
  );
  expect(error).toBeNull();
});
