import { availableParallelism, loadavg } from 'node:os';

/** The processes that want a core while the tests run alone. */
const own = 2;

/** More would be waited for longer than tests wait. */
const most = 15;

/**
 * How many times slower the machine is for what else it has to do, at least 1. For limits that a test waits
 * for on purpose, and that whatever is well must keep on any machine.
 */
export const slowness = Math.min(most, Math.max(1, (loadavg()[0] ?? 0) / availableParallelism() / own));
