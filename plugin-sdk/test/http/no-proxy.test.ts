import { describe, expect, it } from 'vitest';
import { matchNoProxy } from '../../src/http/no-proxy.ts';

describe('noProxy', () => {
  it.each([
    ['*', 'https://anything.example/', true],
    ['example.com', 'https://example.com/', true],
    ['example.com', 'https://registry.example.com/', true],
    ['example.com', 'https://badexample.com/', false],
    ['EXAMPLE.com', 'https://Example.COM./', true],
    ['.example.com', 'https://registry.example.com/', true],
    ['*.example.com', 'https://registry.example.com/', true],
    ['example.com:8080', 'http://example.com:8080/', true],
    ['example.com:8080', 'http://example.com/', false],
    ['example.com:443', 'https://example.com/', true],
    ['10.0.0.1', 'http://10.0.0.1:81/', true],
    ['10.0.0.1', 'http://110.0.0.1/', false],
    ['0.0.1', 'http://10.0.0.1/', false],
    ['10.0.0.1:81', 'http://10.0.0.1:81/', true],
    ['10.0.0.0/8', 'http://10.255.1.1/', true],
    ['10.0.0.0/8', 'http://11.0.0.1/', false],
    ['10.0.0.0/8', 'http://ten.example/', false],
    ['::1', 'http://[::1]:81/', true],
    ['[::1]:81', 'http://[::1]:81/', true],
    ['[::1]:82', 'http://[::1]:81/', false],
    ['fd00::/8', 'http://[fd12::1]/', true],
    [' example.com ', 'http://example.com/', true],
    ['', 'http://example.com/', false],
  ])('%j and %s: %s', (entry, url, expected) => {
    expect(matchNoProxy(['other.test', entry])(new URL(url))).toBe(expected);
  });
});
