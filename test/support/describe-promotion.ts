import { afterAll, beforeAll } from 'vitest';
import { beginPromotion, type PromotionOptions, type PromotionStory } from './promotion-story.ts';
import { describeStores, type StorePlace } from './stores.ts';

/**
 * What all tests of a description share: the pipelines, as YAML, and packages that each hold a part of the
 * versions from 1.0.0 on.
 */
export interface SharedPromotion extends PromotionOptions {
  readonly pipelines: string;
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * Describes tests over SQLite and over PostgreSQL, each with one server for all of them, whose packages have
 * had their first look.
 */
export function describePromotion(
  title: string,
  { pipelines, ...options }: SharedPromotion,
  tests: (story: () => PromotionStory) => void,
): void {
  describeStores(title, (placeStore) => {
    let at: StorePlace | undefined;
    let story: PromotionStory | undefined;
    beforeAll(async () => {
      at = await placeStore();
      story = await beginPromotion(at.url, pipelines, options);
      await story.publish('0.0.1');
    });
    afterAll(async () => {
      await story?.end();
      await at?.remove();
    });
    tests(() => {
      if (!story) throw new Error('no server has started');
      return story;
    });
  });
}
