import { type SeededFault, Simulation, Wrong } from './simulation.ts';
import type { Tally } from './tally.ts';
import { planWorld, type Step, type WorldPlan } from './world.ts';

/** How many happenings a world has. */
const steps = 120;
/** How often a story is tried again at most, to make it shorter. */
const mostTries = 400;

/** A story that ends badly. */
interface BadEnd {
  readonly why: string;
  /** Whether the oracle said so; else something was thrown. */
  readonly isWrong: boolean;
  readonly story: readonly string[];
}

/** Plays a world; answers its story where it ends badly. */
export async function playWorld(
  plan: WorldPlan,
  { fault, tally }: { readonly fault?: SeededFault | undefined; readonly tally?: Tally | undefined } = {},
): Promise<BadEnd | undefined> {
  const simulation = new Simulation(plan, fault);
  try {
    await simulation.play();
    return undefined;
  } catch (error) {
    const isWrong = error instanceof Wrong;
    const why = isWrong ? error.message : error instanceof Error ? error.stack : undefined;
    return { why: why ?? String(error), isWrong, story: simulation.story };
  } finally {
    for (const reason of simulation.listReasons()) tally?.count(reason);
  }
}

/** Plays worlds of one seed after another. Throws the short story of the first that ends badly. */
export async function playWorlds(
  { first, count }: { readonly first: number; readonly count: number },
  { tally, fault }: { readonly tally?: Tally; readonly fault?: SeededFault | undefined } = {},
): Promise<void> {
  for (let seed = first; seed < first + count; seed++) {
    const plan = planWorld(seed, steps);
    if (!(await playWorld(plan, { tally, fault }))) continue;
    const short = await shorten(plan, fault);
    const end = await playWorld(short, { fault });
    const { why, story } = end ?? { why: 'it does not end badly again', story: [] };
    throw new Error(
      [`SEED=${seed} WORLDS=1 repeats this story:`, describe(short), ...story, `WRONG: ${why}`].join('\n'),
    );
  }
}

/**
 * What the oracle says of the first world, of so many, in which a fault shows; undefined where it shows in
 * none.
 */
export async function findFirst(fault: SeededFault, most: number): Promise<string | undefined> {
  for (let seed = 1; seed <= most; seed++) {
    const end = await playWorld(planWorld(seed, steps), { fault });
    if (end?.isWrong) return end.why;
  }
  return undefined;
}

/** Leaves out happenings, fewer and fewer at once, while it still ends badly. */
async function shorten(plan: WorldPlan, fault: SeededFault | undefined): Promise<WorldPlan> {
  let kept: readonly Step[] = plan.steps;
  let tries = 0;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < kept.length && tries < mostTries; tries++) {
      const fewer = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (await playWorld({ ...plan, steps: fewer }, { fault })) kept = fewer;
      else from += size;
    }
  }
  return { ...plan, steps: kept };
}

function describe({ configs: [first] }: WorldPlan): string {
  const pipelines = [...(first?.pipelines.values() ?? [])].map(({ name, materials, stages, ...rest }) => {
    const heard = materials.map((one) => {
      const what = 'pipeline' in one ? `${one.pipeline}/${one.stage}` : one.package;
      return `${what} (${one.trigger})`;
    });
    const levels = stages.map((stage) => `${stage.name} ${JSON.stringify(stage.approval)}`);
    return `${name} of ${heard.join(', ')}, lock ${rest.lock}: ${levels.join(', ')}`;
  });
  return pipelines.join('\n');
}
