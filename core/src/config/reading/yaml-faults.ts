import type { ErrorCode } from 'yaml';

/**
 * What is wrong with the YAML of a file, without a word of what is in it: it may be a file of secrets that
 * was named by mistake.
 */
export const yamlFaults: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias takes neither an anchor nor a tag',
  BAD_ALIAS: 'an alias has a name that none can have',
  BAD_COLLECTION_TYPE: 'a tag does not fit what it stands before',
  BAD_DIRECTIVE: 'there is no such directive',
  BAD_DQ_ESCAPE: 'there is no such escape in double quotes; use single quotes for a text with backslashes',
  BAD_INDENT: 'the indentation does not fit what stands above',
  BAD_PROP_ORDER: 'an anchor or a tag is in the wrong place',
  BAD_SCALAR_START: 'a text that begins with this character has to be quoted',
  BLOCK_AS_IMPLICIT_KEY:
    'a mapping or a list begins where only a plain value can be; quote the text, or begin a new line',
  BLOCK_IN_FLOW: 'a mapping or a list in lines cannot be inside of brackets',
  DUPLICATE_KEY: 'a key is there twice',
  IMPOSSIBLE: 'this cannot be read',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a comma, a colon, a space, or a closing quote or bracket is missing',
  MULTILINE_IMPLICIT_KEY: 'a key goes over more than one line; is a colon missing?',
  MULTIPLE_ANCHORS: 'a value takes one anchor only',
  MULTIPLE_DOCS: 'there are multiple documents; write one, without "---" in between',
  MULTIPLE_TAGS: 'a value takes one tag only',
  NON_STRING_KEY: 'a key has to be text',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  TAB_AS_INDENT: 'tabs cannot indent; use spaces',
  TAG_RESOLVE_FAILED: 'there is no such tag, or its value does not fit; quote a text that begins with "!"',
  UNEXPECTED_TOKEN: 'something is here that cannot be here; is a quote or a bracket too many?',
};
