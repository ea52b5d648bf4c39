/**
 * The placeholders of a message's template, `{{NAME}}`: what an event says of itself, and `{{data.KEY}}` for
 * a member of its data.
 */
export const placeholderNames = ['text', 'type', 'subject', 'time', 'id', 'link'] as const;

/** A placeholder, without `data.KEY`. */
export type PlaceholderName = (typeof placeholderNames)[number];

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;
const dataKey = /^data\.([A-Za-z][A-Za-z0-9]*)$/;

/**
 * The template with its placeholders filled in; `lookUp` is asked for a name, or for a key of the event's
 * data.
 */
export function fillPlaceholders(
  template: string,
  lookUp: (name: PlaceholderName | { readonly key: string }) => string,
): string {
  return template.replaceAll(placeholder, (written, name: string) => {
    const known = placeholderNames.find((one) => one === name);
    if (known !== undefined) return lookUp(known);
    const key = dataKey.exec(name)?.[1];
    return key === undefined ? written : lookUp({ key });
  });
}

/** The placeholders of a template that mean nothing. */
export function findUnknownPlaceholders(template: string): readonly string[] {
  return [...template.matchAll(placeholder)].flatMap(([, name = '']) =>
    placeholderNames.some((one) => one === name) || dataKey.test(name) ? [] : [name],
  );
}
