/** A decision as the API answers it, as far as the command line shows it. */
export interface ListedDecision {
  readonly at: string;
  readonly pipeline: string;
  readonly outcome: string;
  readonly reason: string;
  readonly materials: Readonly<Record<string, string | number>>;
  readonly run: number | null;
}

/** A decision in one line. */
export function describeDecision({ at, pipeline, outcome, reason, materials, run }: ListedDecision): string {
  const about = Object.entries(materials).map(([name, value]) => `${name} ${value}`);
  const where = run === null ? pipeline : `${pipeline}/${run}`;
  return [
    `${at} ${outcome} ${where}`,
    ...(about.length > 0 ? [` (${about.join(', ')})`] : []),
    `: ${reason}`,
  ].join('');
}
