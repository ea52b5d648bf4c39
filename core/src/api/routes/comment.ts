/** The JSON Schema of what somebody says about what they do. */
export const commentSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 4096,
  description: 'Why; it is shown and kept',
} as const;
