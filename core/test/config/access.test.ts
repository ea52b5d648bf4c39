import { describe, expect, it, test } from 'vitest';
import { isExpired, parseExpiry } from '../../src/config/access.ts';
import { load, problemsOf, repository } from './load.ts';

const hash = (digit: string) => digit.repeat(64);
const pipeline = `${repository}pipelines:
  p:
    materials: [{ package: main/web }]
    stages: [{ name: s, jobs: { j: { run: "true" } } }]
`;
const tokens = `access:
  tokens:
    alice: { sha256: [${hash('a')}], roles: [admin] }
    ci: { sha256: [${hash('b')}], roles: [operator, qa], person: bob }
`;

describe('tokens', () => {
  test('everything that is wrong with them is said, with its place', async () => {
    const problems = await problemsOf(`access:
  tokens:
    alice: { sha256: [${hash('a')}, abc] }
    bob: { sha256: [${hash('A')}], expires: soon, person: nobody }
    carol: { roles: [viewer], expire: 2027-01-01 }
    dave: { sha256: ["\${env:HASH}"], expires: 2027-02-30 }
    hook: { sha256: [${hash('c')}] }
    erin: { sha256: [] }
`);
    const isNoHash = 'is not the SHA-256 of a token, as 64 hexadecimal digits; "sluice token new" prints it';
    expect(problems).toEqual([
      `3:89: sha256[1]: "abc" ${isNoHash}`,
      '4:21: this is already the token "alice"; give everybody a token of their own',
      '4:97: expires: "soon" is not a date such as 2027-01-01 or 2027-01-01T09:00:00Z',
      '4:111: "nobody" stands for something else in the audit log; choose another name',
      '5:12: carol: "sha256" is missing',
      '5:31: carol: unknown key "expire"; did you mean "expires"?',
      `6:22: sha256[0]: "\${env:HASH}" ${isNoHash}`,
      '6:47: expires: "2027-02-30" is not a date such as 2027-01-01 or 2027-01-01T09:00:00Z',
      '7:5: "hook" stands for something else in the audit log; choose another name',
      '8:21: sha256: needs at least 1',
    ]);
  });

  test('a token that has expired is no mistake', async () => {
    const { access } = await load(
      `access: { tokens: { old: { sha256: [${hash('a')}], expires: 2001-01-01 } } }\n`,
    );
    const old = access?.tokens.get('old');
    expect(old && isExpired(old, Date.UTC(2001, 0, 1) - 1)).toBe(false);
    expect(old && isExpired(old, Date.UTC(2001, 0, 1))).toBe(true);
  });

  it.each([
    ['2027-01-01', Date.UTC(2027, 0, 1)],
    ['2028-02-29', Date.UTC(2028, 1, 29)],
    ['2027-01-01T09:00Z', Date.UTC(2027, 0, 1, 9)],
    ['2027-01-01T09:00:00.5-05:30', Date.UTC(2027, 0, 1, 14, 30, 0, 500)],
  ])('may expire at %s', (text, time) => {
    expect(parseExpiry(text)).toBe(time);
  });

  it.each([
    '',
    '2027',
    '2027-02-29',
    '2027-13-01',
    '2027-01-01T25:00Z',
    '2027-01-01T09:00',
    '1 January 2027',
    '2027-01-01 09:00Z',
  ])('cannot expire at "%s"', (text) => {
    expect(parseExpiry(text)).toBeUndefined();
  });
});

describe('the lists of a pipeline', () => {
  test('name tokens, persons and roles that there are', async () => {
    expect(
      await problemsOf(
        `${tokens}${pipeline}    access: { view: [alice, ci, bob], operate: ["role:qa", "role:viewer"], approve: [] }\n`,
      ),
    ).toEqual([]);
    const problems = await problemsOf(
      `${tokens}${pipeline}    access: { view: [alise, "role:quality"], operate: [qa], approve: ["r:x"] }\n`,
    );
    expect(problems).toEqual([
      '15:22: no token has the name or the person "alise" (did you mean "alice"?)',
      '15:29: no token has the role "quality"',
      '15:56: no token has the name or the person "qa"',
      '15:71: approve[0]: "r:x" is not the name of a token or a person, or role:NAME',
    ]);
  });

  test('and so do the approvals of its stages', async () => {
    const approved = pipeline.replace(
      '{ name: s,',
      '{ name: s, approval: { type: manual, by: [bob, "role:qa", alise, "role:qb"] },',
    );
    expect(await problemsOf(tokens + approved)).toEqual([
      '14:72: no token has the name or the person "alise" (did you mean "alice"?)',
      '14:79: no token has the role "qb" (did you mean "role:qa"?)',
    ]);
  });

  test('need tokens', async () => {
    expect(await problemsOf(`${pipeline}    access: { view: [] }\n`)).toEqual([
      '11:5: needs the section "access:" with tokens: without it everybody on this machine is admin',
    ]);
  });
});

test('with tokens the server may listen anywhere', async () => {
  const { server } = await load(`${tokens}server: { host: 0.0.0.0, url: https://sluice.example.com }\n`);
  expect(server).toMatchObject({ host: '0.0.0.0', url: 'https://sluice.example.com' });
  expect(await problemsOf(`${tokens}server: { url: "https://[" }\n`)).toEqual([
    '5:16: url: is not a valid URL',
  ]);
});
