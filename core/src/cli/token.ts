import { createHash, randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import { builtInRoles, parseExpiry, reservedNames } from '../config/access.ts';
import type { CliSurroundings } from './surroundings.ts';

interface NewTokenOptions {
  readonly name: string;
  readonly role?: readonly string[];
  readonly person?: string;
  readonly expires?: string;
}

const tokenBytes = 32;

/** Adds `sluice token new`: makes a token, and its line for `access:`. */
export function addTokenCommand(program: Command, { print, warn }: CliSurroundings): void {
  program
    .command('token')
    .description('access tokens')
    .command('new')
    .description('make a token: prints it once, and its line for "access:" in sluice.yaml')
    .option('--name <name>', 'what it is called in lists and in the audit log', readName, 'NAME')
    .option(
      '--role <role>',
      `${builtInRoles.join(', ')} or a name for lists; may be given several times`,
      collectName,
    )
    .option(
      '--person <person>',
      'whom it stands for, where that is not its name: approvals count persons',
      readName,
    )
    .option(
      '--expires <date>',
      'when it is worth nothing any more: 2027-01-01 or 2027-01-01T09:00:00Z',
      readExpiry,
    )
    .action(({ name, role: roles = ['viewer'], person, expires }: NewTokenOptions) => {
      const token = `slc_${randomBytes(tokenBytes).toString('base64url')}`;
      print(token);
      print(`    ${describeToken({ name, roles, person, expires }, token)}`);
      warn('The first line is the token, shown this once: it goes to whoever uses it, as SLUICE_TOKEN.');
      warn('The second line goes under "access: tokens:" in sluice.yaml, which needs no more than its hash.');
    });
}

interface DescribedToken {
  readonly name: string;
  readonly roles: readonly string[];
  readonly person: string | undefined;
  readonly expires: string | undefined;
}

function describeToken({ name, roles, person, expires }: DescribedToken, token: string): string {
  const parts = [
    `sha256: [${createHash('sha256').update(token).digest('hex')}]`,
    `roles: [${roles.map(quote).join(', ')}]`,
    ...(person === undefined ? [] : [`person: ${quote(person)}`]),
    ...(expires === undefined ? [] : [`expires: ${expires}`]),
  ];
  return `${quote(name)}: { ${parts.join(', ')} }`;
}

/** As YAML takes it for text: a name such as 1.10 or true is quoted. */
function quote(text: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function readName(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/.test(text))
    throw new InvalidArgumentError('write letters, digits, ".", "_" and "-"');
  if (reservedNames.includes(text))
    throw new InvalidArgumentError('this stands for something else in the audit log');
  return text;
}

function collectName(text: string, collected: readonly string[] = []): readonly string[] {
  return [...collected, readName(text)];
}

function readExpiry(text: string): string {
  if (parseExpiry(text) === undefined)
    throw new InvalidArgumentError('write 2027-01-01 or 2027-01-01T09:00:00Z');
  return text;
}
