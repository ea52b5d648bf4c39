import { InvalidArgumentError } from 'commander';

/** What the address of a server looks like, for people. */
export const addressExpected =
  'write one such as http://127.0.0.1:8153 or https://sluice.example.com, and a token into SLUICE_TOKEN';

/** Whether a text is the address of a server: an http or https URL without user name. */
export function isServerAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username + password === '';
}

/** Reads the address of a server. Throws commander's error for what is none. */
export function readServerAddress(text: string): string {
  if (!isServerAddress(text)) throw new InvalidArgumentError(addressExpected);
  return text;
}
