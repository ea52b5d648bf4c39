/** How a list is asked for. */
export interface PageQuery {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: number;
}

/** The JSON Schema of {@link PageQuery}. */
export const pageQuerySchema = {
  type: 'object',
  properties: {
    limit: {
      type: 'integer',
      minimum: 1,
      maximum: 500,
      default: 50,
      description: 'The most items to answer',
    },
    after: { type: 'integer', minimum: 0, description: 'The `next` of the page before' },
  },
  additionalProperties: false,
} as const;

/** The time as ISO 8601, or null. */
export function toIso(time: number | null | undefined): string | null {
  return time === null || time === undefined ? null : new Date(time).toISOString();
}
