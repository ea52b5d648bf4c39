import { createRandom } from '../../../../test/support/random.ts';

/** Understands what chance brings, from one seed. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  /** A whole number from 0, below `sides`. */
  roll(sides: number): number {
    return Math.floor(this.#random() * sides);
  }

  /** Whether something that happens so many times in a hundred happens. */
  chance(percent: number): boolean {
    return this.#random() * 100 < percent;
  }

  /** Undefined where there is nothing to take. */
  pick<T>(list: readonly T[]): T | undefined {
    return list[this.roll(list.length)];
  }

  /** Some of a list, in its order. */
  some<T>(list: readonly T[], percent: number): readonly T[] {
    return list.filter(() => this.chance(percent));
  }

  /** One of some, each as often as its weight says. */
  weigh<T extends string>(weights: Readonly<Record<T, number>>): T {
    const all = (Object.keys(weights) as T[]).flatMap((name) => Array<T>(weights[name]).fill(name));
    const found = this.pick(all);
    if (found === undefined) throw new Error('nothing weighs anything');
    return found;
  }
}
