/** What every answer is sent with, errors and streams too: browsers take it for what it says it is. */
export const everyAnswer = { 'x-content-type-options': 'nosniff' } as const;
