import { PluginError } from '@sluice/plugin-sdk';
import type { SettingProblem } from '../plugin-host.ts';
import { crossing } from '../protocol.ts';

const mostProblems = 100;

/**
 * What the plugin objects to, checked and bounded. Throws `PLUGIN_FAILED` for what is no list of objections.
 */
export function describeProblems(problems: unknown): readonly SettingProblem[] {
  if (!Array.isArray(problems)) throw broken();
  return problems.slice(0, mostProblems).map((problem: unknown) => {
    if (!isSettingProblem(problem)) throw broken();
    return {
      in: problem.in,
      field: problem.field.slice(0, 255),
      message: problem.message.slice(0, crossing.message),
    };
  });
}

function isSettingProblem(value: unknown): value is SettingProblem {
  if (typeof value !== 'object' || value === null) return false;
  if (!('in' in value && 'field' in value && 'message' in value)) return false;
  return (
    (value.in === 'repository' || value.in === 'package') &&
    typeof value.field === 'string' &&
    typeof value.message === 'string'
  );
}

function broken(): PluginError {
  return new PluginError(
    'PLUGIN_FAILED',
    'The plugin broke the contract: validate gives a list of { in, field, message }.',
  );
}
