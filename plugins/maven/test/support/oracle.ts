import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '../../../../test/support/requirement.ts';
import { hasProgram } from './programs.ts';

const libraries = '/usr/share/maven/lib';

/** What asking Maven's own classes takes. */
export const oracleRequirement: Requirement = {
  name: "java and Maven's artifact jar",
  install: 'apt-get install default-jdk-headless maven',
  met: hasProgram('javac') && existsSync(join(libraries, 'maven-artifact-3.x.jar')),
};

/** What Maven's own classes answer to each question: see Oracle.java. */
export function askMaven(
  questions: readonly (readonly [kind: 'compare' | 'range', string, string])[],
): readonly string[] {
  const program = join(import.meta.dirname, 'Oracle.java');
  const input = questions.map((question) => `${question.join('\t')}\n`).join('');
  const output = execFileSync('java', ['-cp', join(libraries, '*'), program], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return output.trimEnd().split('\n');
}
