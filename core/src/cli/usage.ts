import type { Command } from 'commander';
import { findClosest } from '../config/closest.ts';

/**
 * Makes a program, and every command of it, say in one line what is wrong with its usage, and where to read
 * how it is used.
 */
export function tellWrongUsage(program: Command): void {
  for (const command of listCommands(program)) {
    command.configureOutput({
      outputError: (message, write) => {
        const [first = '', ...rest] = message.trim().split('\n');
        const meant = /\(Did you mean (.+)\?\)/.exec(rest.join(' '))?.[1];
        const hint =
          meant === undefined ? `"${nameOf(command)} --help" says how it is used` : `did you mean ${meant}?`;
        write(`sluice: ${first.replace(/^error: /, '').replace(/\.$/, '')}; ${hint}\n`);
      },
    });
  }
}

/**
 * Refuses commands that there are not, also where help is asked for, which would else be the help of
 * something else. Throws commander's error.
 */
export function requireKnownCommand(program: Command, args: readonly string[]): void {
  let command = program;
  for (const word of args[0] === 'help' ? args.slice(1) : args) {
    if (word.startsWith('-') || word === 'help' || command.commands.length === 0) return;
    command = command.commands.find((one) => one.name() === word) ?? refuseCommand(command, word);
  }
}

function refuseCommand(command: Command, word: string): never {
  const names = command.commands.map((one) => one.name());
  const meant = findClosest(word, names);
  const hint = meant === undefined ? '' : `\n(Did you mean "${meant}"?)`;
  return command.error(`error: unknown command '${word}'${hint}`, {
    exitCode: 2,
    code: 'commander.unknownCommand',
  });
}

function listCommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
