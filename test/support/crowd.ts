const long = 'of-a-department-whose-name-has-grown-over-many-reorganisations';

/** A version as long as build systems make them. */
export const longVersion = `2.0.1-nightly.20261128.${'0123456789abcdef'.repeat(4)}.${long}`;

/** The name of a repository that fails. */
export const longRepository = `mirror-${long}-and-of-its-successor`;

const gates = 8;

/**
 * A configuration, and in it pipelines of which each publication waits for people, under long names and names
 * in other scripts.
 */
export function crowd(configuration: string, failing: string): string {
  const gate = (index: number) => `
  gate-${index}-${long}:
    group: ${index % 2 === 0 ? '支払いと請求・承認待ち' : 'Утверждение поставок и платежей'}
    label: "版本-\${COUNT}-الإصدار-\${npmjs_watched}"
    materials: [{ package: npmjs/watched, trigger: every }]
    stages: [{ name: freigabe-${long}, approval: manual, jobs: { it: { run: 'true' } } }]`;
  const repository = `
  ${longRepository}:
    plugin: npm
    config: { url: "${failing}" }
    poll: { manual: true }
    packages: { parts-${long}: { config: { name: watched } } }
pipelines:`;
  const all = Array.from({ length: gates }, (_, index) => gate(index)).join('');
  return `${configuration.replace('\npipelines:', repository).trimEnd()}${all}\n`;
}
