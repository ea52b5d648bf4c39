import { describe, it, type TestOptions } from 'vitest';

/** Something a test needs and a machine may lack. */
export interface Requirement {
  readonly name: string;
  /** The command that installs it. */
  readonly install: string;
  readonly met: boolean;
}

/**
 * Describes tests that need something. Where it is missing they are skipped by a name that says how to
 * install it; with `CI=true`, where everything must have been installed, that is a failure.
 */
export function describeWith(
  { name, install, met }: Requirement,
  title: string,
  tests: () => void,
  options: TestOptions = {},
): void {
  if (met) {
    describe(title, options, tests);
  } else if (process.env['CI'] === 'true') {
    it(`${title}: needs ${name}`, options, () => {
      throw new Error(`${name} is missing on a CI machine; install it with: ${install}`);
    });
  } else {
    describe.skip(`${title} (skipped: needs ${name}; install it with: ${install})`, options, tests);
  }
}
