import { checkRevision, isPluginError, PluginError, parseSettings, type Revision } from '@sluice/plugin-sdk';
import { crossing, type DescribedPart, type Questions } from '../protocol.ts';
import type { Desk } from './desk.ts';
import { lendCall } from './lend-call.ts';
import { toProblem } from './thrown.ts';

/** Has revisions described; where the plugin has no `describe`, each is told as it is. */
export async function answerDescribe(
  { repository, config }: Questions['describe']['head'],
  revisions: readonly Revision[],
  desk: Desk,
): Promise<void> {
  using opened = await desk.repositories.open(repository);
  const settings = parseSettings(desk.plugin.package, config);
  const described: unknown = opened.repository.describe
    ? await opened.repository.describe(settings, revisions, lendCall(desk, opened))
    : revisions;
  if (!Array.isArray(described) || described.length !== revisions.length) {
    throw new PluginError(
      'PLUGIN_FAILED',
      'The plugin broke the contract: describe gives one answer for each revision asked about.',
    );
  }
  for (const [index, { version }] of revisions.entries()) {
    const part = JSON.stringify(readDescription(described[index], version, opened.hasFiles));
    await desk.reply.breathe();
    await desk.reply.part(
      part.length <= crossing.item ? part : JSON.stringify(toFault(version, 'the description is too large')),
    );
  }
}

function readDescription(description: unknown, version: string, files: boolean): DescribedPart {
  if (description === 'absent') return { kind: 'absent' };
  if (description instanceof Error || isPluginError(description))
    return { kind: 'problem', problem: toProblem(description) };
  const checked = checkRevision(description, { files });
  if ('refused' in checked) return toFault(version, checked.refused);
  if (checked.revision.version !== version) return toFault(version, 'the description is of another version');
  return { kind: 'revision', revision: checked.revision };
}

function toFault(version: string, fault: string): DescribedPart {
  return {
    kind: 'problem',
    problem: { code: 'PLUGIN_FAILED', message: `The plugin described ${version} wrongly: ${fault}.` },
  };
}
