/** A stay as the API answers it, as far as the command line shows it. */
export interface ListedStay {
  readonly package: string;
  readonly version: string;
  /** Null where somebody recorded it. */
  readonly pipeline: string | null;
  readonly counter: number | null;
  readonly stage: string | null;
  readonly road: string;
  readonly person: string | null;
  readonly comment: string | null;
  readonly insteadOf: string | null;
  readonly state: string;
  readonly beganAt: string;
  readonly liveAt: string | null;
  readonly until: string | null;
}

/** Since when something is, or was, at a level, by what and by whom, and instead of what. */
export function describeStay({ liveAt, beganAt, until, insteadOf, ...stay }: ListedStay): string {
  const { pipeline, counter, stage, road, person, comment } = stay;
  const by = pipeline === null ? '' : ` by ${pipeline}/${counter}/${stage}`;
  const who = person === null ? road : `${road}, ${person}`;
  return [
    `since ${liveAt ?? beganAt}`,
    ...(until === null ? [] : [` until ${until}`]),
    `${by} (${who}${comment === null ? '' : `: ${comment}`})`,
    ...(insteadOf === null ? [] : [`, instead of ${insteadOf}`]),
  ].join('');
}
