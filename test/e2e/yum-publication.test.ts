import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { makeRpmRepository, type RpmRepository, rpmTools } from '../../plugins/yum/test/support/rpms.ts';
import { describeWith } from '../support/requirement.ts';
import { openWorkplace, type Server, type Workplace } from '../support/sluice.ts';
import { pollNow, settle } from '../support/story.ts';

let repository: RpmRepository | undefined;
let place: Workplace | undefined;

afterEach(async () => {
  await place?.remove();
  await repository?.[Symbol.asyncDispose]();
});

/** A package of a file repository, and a pipeline whose job notes what it sees. */
function describeConfig(url: string): string {
  return `
server: { port: 0 }
store: sqlite:sluice.db
repositories:
  rpms:
    plugin: yum
    config: { url: "${url}" }
    poll: { manual: true }
    packages:
      watched: { config: { spec: watched } }
pipelines:
  install:
    materials: [{ package: rpms/watched, trigger: every, as: IT }]
    stages:
      - name: note
        jobs:
          note: { run: 'echo "$GO_PACKAGE_IT_LABEL $SLUICE_PACKAGE_IT_DIGEST $GO_PACKAGE_IT_ARCH $GO_PACKAGE_IT_LOCATION" >> "$HOME/runs"' }
`;
}

async function poll(server: Server): Promise<void> {
  await pollNow(server, 'rpms');
  await settle(server);
}

describeWith(rpmTools, 'a publication in a real rpm repository', () => {
  it('starts a run for each rpm, in the order of rpm, whose job knows its label, place and bytes', async () => {
    repository = await makeRpmRepository();
    await repository.build({ name: 'watched', version: '1.9' }, { name: 'unwatched', version: '1' });
    await repository.createrepo();
    place = await openWorkplace();
    await place.configure(describeConfig(repository.url));
    const server = await place.serve();
    await poll(server);
    await repository.build(
      { name: 'watched', version: '1.10' },
      { name: 'watched', version: '2.0', epoch: 1 },
      { name: 'watched', version: '1.2' },
    );
    await repository.createrepo();
    await poll(server);
    await poll(server);

    const runs = (await place.lines('runs')).map((line) => line.split(' '));
    expect(runs.map(([label]) => label)).toEqual([
      'watched-1.9-1.noarch',
      'watched-1.2-1.noarch',
      'watched-1.10-1.noarch',
      'watched-1:2.0-1.noarch',
    ]);
    for (const [, digest, arch, location = ''] of runs) {
      const bytes = await readFile(new URL(location));
      expect([digest, arch]).toEqual([
        `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
        'noarch',
      ]);
    }
  });
});
