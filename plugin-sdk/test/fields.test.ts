import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type Field,
  field,
  isSecret,
  parseSettings,
  revealSecrets,
  type Secret,
  type Settings,
  secretNames,
} from '../src/index.ts';
import { accepts } from './schema.ts';

function expectFits(one: Field<unknown>, fit: readonly unknown[], unfit: readonly unknown[]): void {
  expect(fit.filter((value) => !accepts({ one }, { one: value }))).toEqual([]);
  expect(unfit.filter((value) => accepts({ one }, { one: value }))).toEqual([]);
}

describe('a field of', () => {
  it('text takes text that is not empty', () => {
    expectFits(field.text('T'), ['x', ' ', '1.10'], ['', 1.1, true, null, [], {}]);
  });

  it('text with a pattern takes what matches it', () => {
    expectFits(field.text('T', { pattern: /^[a-z]+$/, examples: ['abc'] }), ['abc'], ['aBc', 'a1', '']);
    expect(field.text('T', { examples: ['abc'] }).schema).toMatchObject({ title: 'T', examples: ['abc'] });
  });

  it('text refuses a pattern with flags, which JSON Schema would lose', () => {
    expect(() => field.text('T', { pattern: /^[a-z]+$/i })).toThrow('flags');
  });

  it('a URL takes absolute http, https and file URLs without user info', () => {
    expectFits(
      field.url('U'),
      ['http://h', 'https://h:8443/a/b?x=1', 'file:///srv/repo', 'https://h/@scope/a', 'http://[::1]:80/'],
      [
        'h',
        '/a',
        'ftp://h',
        'https://user:word@h/',
        'https://user@h',
        'https://h/a b',
        'javascript:alert(1)',
        'https://',
        'http:///a',
        '',
      ],
    );
  });

  it('a secret arrives as a Secret, and its value is write-only', () => {
    const one = field.secret('S');
    expectFits(one, ['x'], ['', 7]);
    expect(one.schema).toMatchObject({ writeOnly: true });
    const { token } = parseSettings({ token: one }, { token: 'hunter2' });
    expect(isSecret(token)).toBe(true);
    expect(token.reveal()).toBe('hunter2');
  });

  it('a flag takes true and false', () => {
    expectFits(field.flag('F'), [true, false], ['true', 'yes', 0, 1, null]);
  });

  it('an integer takes whole numbers within its bounds', () => {
    expectFits(field.integer('I'), [0, -1, 2 ** 40], [0.5, '1', true]);
    expectFits(field.integer('I', { minimum: 0, maximum: 10 }), [0, 10], [-1, 11]);
  });

  it('a choice takes one of its values', () => {
    expectFits(field.choice('C', ['version', 'buildTime']), ['version', 'buildTime'], ['', 'Version', 0]);
  });
});

describe('an optional field', () => {
  const fields = {
    plain: field.optional(field.text('T')),
    filled: field.optional(field.text('T'), '*'),
    flag: field.optional(field.flag('F'), false),
    choice: field.optional(field.choice('C', ['a', 'b']), 'a'),
  };

  it('may be left out, and takes its default then', () => {
    expect(accepts(fields, {})).toBe(true);
    expect(parseSettings(fields, {})).toEqual({ plain: undefined, filled: '*', flag: false, choice: 'a' });
    expect(parseSettings(fields, { plain: 'x', filled: 'y', flag: true, choice: 'b' })).toEqual({
      plain: 'x',
      filled: 'y',
      flag: true,
      choice: 'b',
    });
  });

  it('says its default in the schema, false too', () => {
    expect(fields.filled.schema).toMatchObject({ default: '*' });
    expect(fields.flag.schema).toMatchObject({ default: false });
    expect(fields.plain.schema).not.toHaveProperty('default');
  });

  it('still refuses what does not fit', () => {
    expect(accepts(fields, { plain: '' })).toBe(false);
    expect(accepts(fields, { flag: 'true' })).toBe(false);
    expect(accepts(fields, { plain: null })).toBe(false);
  });
});

describe('settings', () => {
  const fields = {
    url: field.url('U'),
    token: field.optional(field.secret('T')),
    password: field.optional(field.secret('P')),
    every: field.optional(field.integer('E'), 5),
    order: field.choice('O', ['version', 'time']),
  };

  it('have the types of their fields', () => {
    expectTypeOf<Settings<typeof fields>>().toEqualTypeOf<{
      readonly url: string;
      readonly token: Secret | undefined;
      readonly password: Secret | undefined;
      readonly every: number;
      readonly order: 'version' | 'time';
    }>();
  });

  it('need what is not optional, and refuse what nobody knows', () => {
    expect(accepts(fields, { url: 'https://h', order: 'time' })).toBe(true);
    expect(accepts(fields, { url: 'https://h' })).toBe(false);
    expect(accepts(fields, { url: 'https://h', order: 'time', uri: 'https://h' })).toBe(false);
  });

  it('name their secrets, and reveal those that are set for a masker', () => {
    expect(secretNames(fields)).toEqual(['token', 'password']);
    expect(
      revealSecrets(parseSettings(fields, { url: 'https://h', order: 'time', password: 'hunter2' })),
    ).toEqual(['hunter2']);
  });

  it('that are none are none', () => {
    expect(accepts({}, {})).toBe(true);
    expect(accepts({}, { a: 1 })).toBe(false);
    expect(parseSettings({}, {})).toEqual({});
  });
});
