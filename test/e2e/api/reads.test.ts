import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginReadsStory, type ReadsStory } from '../../support/reads-story.ts';
import { describeStores } from '../../support/stores.ts';

const api = '/api/v1';
const shop = `${api}/repositories/shop/packages/it`;

interface Stream {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly truncated: boolean;
}

function draw({ edges }: Stream): readonly string[] {
  return edges.map(({ from, to }) => `${from} > ${to}`).toSorted();
}

describeStores('what the API tells of versions on their way', (newPlace) => {
  let story: ReadsStory;
  let removeStore: () => Promise<void>;
  beforeAll(async () => {
    const { url, remove } = await newPlace();
    removeStore = remove;
    story = await beginReadsStory(url);
    await story.publish('shop', '1.0.0');
    await story.publish('out', '1.0.0');
    await story.publish('shop', '1.1.0');
    await story.publish('shop', '1.2.0');
  });
  afterAll(async () => {
    await story?.end();
    await removeStore?.();
  });

  describe('the value stream', () => {
    it('of a run goes up through the repository that another run published to', async () => {
      const stream = (await story.server.get(`${api}/pipelines/deploy/runs/1/value-stream`)) as Stream;
      expect(draw(stream)).toEqual([
        'build/1 > out/it@1.0.0',
        'out/it@1.0.0 > deploy/1',
        'shop/it@1.0.0 > build/1',
      ]);
      expect(stream.truncated).toBe(false);
      expect(stream.nodes).toContainEqual({
        id: 'shop/it@1.0.0',
        kind: 'package',
        package: 'shop/it',
        version: '1.0.0',
        label: '1.0.0',
        status: 'published',
      });
      expect(stream.nodes).toContainEqual({
        id: 'build/1',
        kind: 'run',
        pipeline: 'build',
        counter: 1,
        label: '1.0.0',
        status: 'passed',
        stages: [
          { name: 'compile', counter: 1, status: 'passed' },
          { name: 'package', counter: 1, status: 'passed' },
        ],
      });
    });

    it('of a run goes down to all that came of it', async () => {
      const stream = (await story.server.get(`${api}/pipelines/build/runs/1/value-stream`)) as Stream;
      expect(draw(stream)).toEqual([
        'build/1 > acceptance/1',
        'build/1 > out/it@1.0.0',
        'out/it@1.0.0 > deploy/1',
        'shop/it@1.0.0 > build/1',
      ]);
    });

    it('of a version tells every run that used it, and at which levels it is now', async () => {
      const stream = (await story.server.get(`${shop}/revisions/1.0.0/value-stream`)) as Stream & {
        readonly levels: unknown;
      };
      expect(stream.nodes.map(({ id }) => id).toSorted()).toEqual([
        'acceptance/1',
        'build/1',
        'deploy/1',
        'out/it@1.0.0',
        'shop/it@1.0.0',
      ]);
      expect(stream.levels).toMatchObject([
        { pipeline: 'build', stage: 'compile', counter: 1, status: 'passed' },
        { pipeline: 'build', stage: 'package', counter: 1, status: 'passed' },
        { pipeline: 'acceptance', stage: 'smoke', counter: 1, status: 'passed' },
        { pipeline: 'acceptance', stage: 'sign-off', counter: 1, status: 'waiting' },
      ]);
    });
  });

  describe('the promotion board', () => {
    it('has the levels in the order of the flow, and where each version is', async () => {
      const board = (await story.server.get(`${shop}/board`)) as {
        levels: { pipeline: string; stage: string; after: number[] }[];
        items: { version: string; cells: ({ counter: number; status: string } | null)[]; ready: boolean[] }[];
      };
      expect(board.levels).toEqual([
        { pipeline: 'build', stage: 'compile', after: [] },
        { pipeline: 'build', stage: 'package', after: [0] },
        { pipeline: 'acceptance', stage: 'smoke', after: [1] },
        { pipeline: 'acceptance', stage: 'sign-off', after: [2] },
      ]);
      const rows = board.items.map(({ version, cells }) => [
        version,
        ...cells.map((cell) => cell && `${cell.counter} ${cell.status}`),
      ]);
      expect(rows).toEqual([
        ['1.2.0', '3 passed', '3 passed', '2 passed', '2 waiting'],
        ['1.1.0', '2 passed', '2 failed', null, null],
        ['1.0.0', '1 passed', '1 passed', '1 passed', '1 waiting'],
      ]);
      expect(board.items.map(({ ready }) => ready)).toEqual([
        [true, true, true, true],
        [true, true, false, false],
        [true, true, true, true],
      ]);
    });

    it('comes in pages', async () => {
      const first = (await story.server.get(`${shop}/board?limit=2`)) as {
        items: { version: string }[];
        next: number;
      };
      const rest = (await story.server.get(`${shop}/board?limit=2&after=${first.next}`)) as typeof first;
      expect([...first.items, ...rest.items].map(({ version }) => version)).toEqual([
        '1.2.0',
        '1.1.0',
        '1.0.0',
      ]);
      expect(rest.next).toBeNull();
    });
  });

  describe('a comparison of two runs', () => {
    it('tells what changed in everything behind them, and the versions between', async () => {
      const compared = await story.server.get(`${api}/pipelines/acceptance/runs/1/compare/2`);
      expect(compared).toMatchObject({
        pipeline: 'acceptance',
        from: { counter: 1, path: `${api}/pipelines/acceptance/runs/1` },
        to: { counter: 2 },
        packages: [
          {
            package: 'shop/it',
            direct: false,
            change: 'raised',
            from: '1.0.0',
            to: '1.2.0',
            truncated: false,
            between: [{ version: '1.2.0' }, { version: '1.1.0' }],
            path: `${shop}/revisions`,
          },
        ],
        pipelines: [
          {
            pipeline: 'build',
            direct: true,
            changed: true,
            from: { counter: 1, label: '1.0.0' },
            to: { counter: 3, label: '1.2.0' },
            compare: `${api}/pipelines/build/runs/1/compare/3`,
          },
        ],
      });
      const back = await story.server.get(`${api}/pipelines/build/runs/3/compare/2`);
      expect(back).toMatchObject({
        packages: [
          { direct: true, change: 'lowered', from: '1.2.0', to: '1.1.0', between: [{ version: '1.2.0' }] },
        ],
      });
    });

    it('of a run that there is not is not found', async () => {
      await expect(story.server.get(`${api}/pipelines/build/runs/3/compare/9`)).rejects.toThrow(
        /404.*no run 9 of build/s,
      );
    });
  });

  describe('an explanation', () => {
    it('of a version also tells what became of it behind other runs, with links', async () => {
      const page = (await story.server.get(`${api}/pipelines/acceptance/decisions?version=1.0.0`)) as {
        items: { outcome: string; run: number | null; upstream: unknown; links: unknown }[];
      };
      expect(page.items.map(({ outcome, run }) => `${outcome} ${run}`)).toEqual(['waits 1', 'started 1']);
      expect(page.items[1]).toMatchObject({
        upstream: { pipeline: 'build', counter: 1 },
        links: { run: `${api}/pipelines/acceptance/runs/1`, upstream: `${api}/pipelines/build/runs/1` },
      });
    });

    it('of a version says nothing of others, page by page', async () => {
      const first = (await story.server.get(
        `${api}/pipelines/acceptance/decisions?version=1.2.0&limit=1`,
      )) as {
        items: { run: number | null }[];
        next: number;
      };
      const rest = (await story.server.get(
        `${api}/pipelines/acceptance/decisions?version=1.2.0&limit=10&after=${first.next}`,
      )) as typeof first;
      expect([...first.items, ...rest.items].map(({ run }) => run)).toEqual([2, 2]);
      expect(rest.next).toBeNull();
      expect(await story.server.get(`${api}/pipelines/acceptance/decisions?version=9`)).toEqual({
        items: [],
        next: null,
        searchedTo: null,
      });
    });

    it('is readable on the command line', async () => {
      const { code, stdout } = await story.place.sluice(
        'explain',
        'build',
        '1.1.0',
        '--server',
        story.server.url,
      );
      expect(code).toBe(0);
      expect(stdout).toMatch(/^\S+ started build\/2 \(shop\/it 1\.1\.0\): shop\/it 1\.1\.0 was published\n$/);
    });
  });
});
