import { expect, it } from 'vitest';
import { isOwnPath } from '../../../src/api/pages/own-path.ts';

it.each([
  '/',
  '/pipelines/acceptance/runs/17',
  '/?q=a&show=all#p-web',
  '/repositories/npmjs/packages/%40scope%2Fname',
  '/decisions?q=//a%5Cb%09',
  '/pipelines/100%25',
  '/pipelines/100%',
])('%s is a path of ours', (path) => {
  expect(isOwnPath(path)).toBe(true);
});

it.each([
  '',
  'pipelines',
  'https://evil.example.com/',
  'javascript:alert(1)',
  '//evil.example.com',
  '/\\evil.example.com',
  '/\t/evil.example.com',
  '/\n/evil.example.com',
  '/\r\n//evil.example.com',
  '/x\\..\\evil',
  '/.//evil.example.com',
  '/a/..//evil.example.com',
  '/%2Fevil.example.com',
  '/%2fevil.example.com',
  '/%5Cevil.example.com',
  '/%09/evil.example.com',
  '/%252Fevil.example.com',
  '/%2e//evil.example.com',
  '/ /evil.example.com',
  '/ü',
  '/%0d%0aSet-Cookie:x',
])('%j would lead elsewhere, or nowhere', (path) => {
  expect(isOwnPath(path)).toBe(false);
});
