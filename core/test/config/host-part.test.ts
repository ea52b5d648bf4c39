import { expect, it } from 'vitest';
import { Interpolator } from '../../src/config/interpolator.ts';
import { Masker } from '../../src/config/masker.ts';

const environment = {
  HOST: 'registry.example.com',
  PORT: '8443',
  SECRET: 'a-secret-value',
  WITH_SECRET: 'somebody:a-secret-value@registry.example.com',
  WITH_PATH: 'registry.example.com/a-secret-value',
  URL: 'https://registry.example.com/a-secret-value',
  SCHEME: 'https://a-secret-value',
};

/** What a log shows of a template that was filled in. */
function logged(template: string): string {
  const masker = new Masker();
  return masker.mask(new Interpolator({ directory: '/', environment, masker }).resolve(template));
}

it.each([
  ['https://${env:HOST}/npm/', 'https://registry.example.com/npm/'],
  ['https://${env:HOST}:${env:PORT}/', 'https://registry.example.com:8443/'],
  ['http://eu.${env:HOST}', 'http://eu.registry.example.com'],
  [
    'postgres://sluice:${env:SECRET}@${env:HOST}:${env:PORT}/sluice',
    'postgres://sluice:[secret]@registry.example.com:8443/sluice',
  ],
])('the host and the port of a URL are no secrets: %s', (template, shown) => {
  expect(logged(template)).toBe(shown);
});

it.each([
  ['${env:SECRET}', '[secret]'],
  ['https://${env:SECRET}@example.com/', 'https://[secret]@example.com/'],
  ['https://${env:SECRET}:${env:SECRET}@example.com/', 'https://[secret]:[secret]@example.com/'],
  ['https://${env:WITH_SECRET}/', 'https://[secret]/'],
  ['https://somebody:${env:WITH_SECRET}/', 'https://somebody:[secret]/'],
  ['https://${env:WITH_PATH}/', 'https://[secret]/'],
  ['https://example.com/${env:SECRET}/npm', 'https://example.com/[secret]/npm'],
  ['https://example.com?token=${env:SECRET}', 'https://example.com?token=[secret]'],
  ['https://example.com#${env:SECRET}', 'https://example.com#[secret]'],
  ['https://example.com\\${env:SECRET}', 'https://example.com\\[secret]'],
  ['${env:URL}', '[secret]'],
  ['${env:SCHEME}', '[secret]'],
  ['Bearer https://${env:SECRET}', 'Bearer https://[secret]'],
  ['token:${env:SECRET}', 'token:[secret]'],
  ['https://${env:SECRET}/${env:SECRET}', 'https://[secret]/[secret]'],
])('everything else is one: %s', (template, shown) => {
  expect(logged(template)).toBe(shown);
});
