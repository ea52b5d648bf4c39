import { describe, expect, it } from 'vitest';
import { isPluginError, PluginError, pluginErrorCodes, toPluginError } from '../src/index.ts';

describe('a plugin error', () => {
  it('carries its code, its words, its cause and how long to wait', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new PluginError('UNREACHABLE', 'no answer; check the URL', { cause, retryAfterMs: 5000 });
    expect(error).toMatchObject({
      name: 'PluginError',
      code: 'UNREACHABLE',
      message: 'no answer; check the URL',
      cause,
      retryAfterMs: 5000,
    });
    expect(error).toBeInstanceOf(Error);
  });

  it('has no cause where none was given, and keeps one that is undefined', () => {
    expect(Object.hasOwn(new PluginError('TIMEOUT', 'x'), 'cause')).toBe(false);
    expect(Object.hasOwn(new PluginError('TIMEOUT', 'x', { cause: undefined }), 'cause')).toBe(true);
  });

  it('is recognised when another copy of the package made it', async () => {
    const copy: typeof import('../src/errors.ts') = await import(`../src/errors.ts?${'another copy'}`);
    const foreign = new copy.PluginError('FORBIDDEN', 'no');
    expect(foreign).not.toBeInstanceOf(PluginError);
    expect(isPluginError(foreign)).toBe(true);
    expect(toPluginError(foreign)).toBe(foreign);
  });

  it.each([[new Error('x')], [{ code: 'TIMEOUT' }], ['TIMEOUT'], [null], [undefined]])(
    'is not recognised in %s',
    (value) => {
      expect(isPluginError(value)).toBe(false);
    },
  );

  it('says of every code what it means', () => {
    for (const meaning of Object.values(pluginErrorCodes)) expect(meaning).toMatch(/\w+ \w+/);
  });
});

describe('whatever a plugin throws', () => {
  it('is PLUGIN_FAILED with it as the cause', () => {
    const thrown = new TypeError('x is undefined');
    expect(toPluginError(thrown)).toMatchObject({
      code: 'PLUGIN_FAILED',
      message: 'x is undefined',
      cause: thrown,
    });
    expect(toPluginError('words')).toMatchObject({ code: 'PLUGIN_FAILED', message: 'words', cause: 'words' });
  });

  it.each([[undefined], [null], [''], [7], [new Error()], [{ a: 1 }], [Object.create(null)], [Symbol('s')]])(
    'is never thrown again, and says something: %s',
    (thrown) => {
      expect(toPluginError(thrown)).toMatchObject({
        code: 'PLUGIN_FAILED',
        message: expect.stringMatching(/./),
        cause: thrown,
      });
    },
  );
});
