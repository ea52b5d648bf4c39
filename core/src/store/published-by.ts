/** The data key by which a revision says which run published it: `pipeline/counter`. */
const key = 'SLUICE_RUN';

/** The run that a revision's data names as the one that published it; null where it names none. */
export function readPublishingRun(data: Readonly<Record<string, string>> | undefined): string | null {
  return data?.[key] ?? null;
}
