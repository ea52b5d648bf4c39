import { parseAst } from 'vitest/node';

/** One small fault in a source file. */
export interface Mutant {
  readonly file: string;
  /** Where it begins and ends in the file, in characters. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

type Node = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly start: number;
  readonly end: number;
};

type Change = Omit<Mutant, 'file'>;

const operators = new Map([
  ['===', '!=='],
  ['!==', '==='],
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['-', '+'],
  ['&&', '||'],
  ['||', '&&'],
]);

const methods = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
  ['toReversed', 'slice'],
]);

/** All faults that are made of a file's text: what stands in types is left alone. */
export function findMutants(file: string, text: string): readonly Mutant[] {
  const changes: Change[] = [];
  visit(parseAst(text, { lang: 'ts' }), (node) => changes.push(...mutate(node, text)));
  return changes.map((change) => ({ file, ...change }));
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value) visit(one, see);
  if (!isNode(value) || /^TS(?!AsExpression|NonNull|Satisfies)|^ImportDeclaration$/.test(value.type)) return;
  see(value);
  for (const child of Object.values(value)) visit(child, see);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function mutate(node: Node, text: string): readonly Change[] {
  const { start, end, type } = node;
  const of = (name: string) => node[name] as Node;
  const textOf = (name: string) => text.slice(of(name).start, of(name).end);
  const whole = (replacement: string): Change => ({ start, end, replacement });
  switch (type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const operator = node['operator'] as string;
      // `count + 1` is arithmetic, `name + text` may be anything.
      const isStep = operator === '+' && typeof of('right')['value'] === 'number';
      if (isStep || operator === '??') return [whole(textOf('left'))];
      const other = operators.get(operator);
      return other ? [whole(`((${textOf('left')}) ${other} (${textOf('right')}))`)] : [];
    }
    case 'UnaryExpression':
      return node['operator'] === '!' ? [whole(textOf('argument'))] : [];
    case 'Literal':
      return typeof node['value'] === 'boolean' ? [whole(String(!node['value']))] : [];
    case 'ConditionalExpression':
      return [whole(textOf('consequent')), whole(textOf('alternate'))].map(inBrackets);
    case 'IfStatement': {
      const { start: from, end: to } = of('test');
      return [true, false].map((test) => ({ start: from, end: to, replacement: String(test) }));
    }
    case 'ExpressionStatement':
      return /^(Call|Await|Yield|Assignment)Expression$/.test(of('expression').type) ? [whole(';')] : [];
    case 'CallExpression': {
      const callee = of('callee');
      const property = callee['property'] as Node | undefined;
      const name = callee.type === 'MemberExpression' && property ? String(property['name']) : '';
      if (name === 'filter' || name === 'toSorted') {
        const list = callee['object'] as Node;
        return [whole(text.slice(list.start, list.end))];
      }
      const other = methods.get(name);
      return other && property ? [{ start: property.start, end: property.end, replacement: other }] : [];
    }
    default:
      return [];
  }
}

function inBrackets({ replacement, ...change }: Change): Change {
  return { ...change, replacement: `(${replacement})` };
}
