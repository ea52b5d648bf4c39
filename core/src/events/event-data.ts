/** The data of an event, as core writes it. */
export type EventData = Readonly<Record<string, unknown>>;

/** A member of the data as text; empty where it is missing. */
export function textOf(data: EventData, key: string): string {
  const value = data[key];
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
