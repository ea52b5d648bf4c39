/**
 * Asks about each of several things, at most so many at once; the answers in the order of the things. Rejects
 * with the first failure.
 */
export async function askConcurrently<T, A>(
  things: readonly T[],
  most: number,
  ask: (thing: T) => Promise<A>,
): Promise<readonly A[]> {
  const answers: A[] = [];
  const waiting = things.entries();
  const work = async () => {
    for (const [index, thing] of waiting) answers[index] = await ask(thing);
  };
  await Promise.all(Array.from({ length: Math.min(most, things.length) }, work));
  return answers;
}
