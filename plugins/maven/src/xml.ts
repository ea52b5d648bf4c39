import { PluginError } from '@sluice/plugin-sdk';
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/**
 * An element with its children by name, in the order in which they stand; one without children is its text,
 * trimmed.
 */
export type XmlNode = string | { readonly [name: string]: readonly XmlNode[] | string };

const parser = new XMLParser({
  // A version such as 1.10 must not become a number.
  parseTagValue: false,
  isArray: () => true,
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Without a DOCTYPE these are the five of XML and numbers.
  processEntities: true,
  htmlEntities: true,
});

/**
 * Parses a document with this root element; attributes and prefixes are left out. `what` names it in errors.
 *
 * Throws `MALFORMED` for what is not well formed, has another root, or brings a DOCTYPE or an entity of its
 * own.
 */
export function parseXml(bytes: Uint8Array, root: string, what: string): XmlNode {
  const text = decodeXml(bytes, what);
  if (XMLValidator.validate(text) !== true)
    throw malformed(what, isPage(text) ? page : 'is not well-formed XML');
  const markup = text.replace(/<!\[CDATA\[[\s\S]*?\]\]>|<!--[\s\S]*?-->/g, '');
  if (/<!DOCTYPE/i.test(markup))
    throw malformed(what, isPage(text) ? page : 'has a DOCTYPE, which is refused');
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i.test(markup))
    throw malformed(what, 'has an entity that XML itself does not define');
  const [element, ...others] = findNodes(parseText(text, what), root);
  if (element === undefined || others.length > 0)
    throw malformed(what, isPage(text) ? page : `has no single <${root}> around all`);
  return element;
}

/** The elements at a path of names below a node, through every element of those names. */
export function findNodes(node: XmlNode, ...path: readonly string[]): readonly XmlNode[] {
  return path.reduce<readonly XmlNode[]>(
    (nodes, name) => nodes.flatMap((one) => childrenOf(one, name)),
    [node],
  );
}

/** The texts at a path of names below a node; elements that are empty or hold elements are left out. */
export function findTexts(node: XmlNode, ...path: readonly string[]): readonly string[] {
  return findNodes(node, ...path).flatMap((found) =>
    typeof found === 'string' && found.trim() !== '' ? found.trim() : [],
  );
}

/** Whether bytes begin as an HTML page does. */
export function isPage(text: string): boolean {
  return /^\s*(<!--[\s\S]{0,1000}?-->\s*)?<(!doctype\s+html|html)\b/i.test(text);
}

const page = 'is an HTML page, perhaps a login page; check the URL, the credentials and the proxy';

function parseText(text: string, what: string): XmlNode {
  try {
    return parser.parse(text);
  } catch {
    throw malformed(what, 'has a name that no element of it may have');
  }
}

function childrenOf(node: XmlNode, name: string): readonly XmlNode[] {
  const children = typeof node === 'string' || !Object.hasOwn(node, name) ? undefined : node[name];
  return typeof children === 'object' ? children : [];
}

/**
 * As the byte order mark or the XML declaration says (https://www.w3.org/TR/xml/#sec-guessing), else UTF-8.
 */
function decodeXml(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder(findEncoding(bytes), { fatal: true }).decode(bytes);
  } catch {
    throw malformed(what, 'is not in the encoding that it says');
  }
}

function findEncoding(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  const declaration = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  return /^<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(declaration)?.[1] ?? 'utf-8';
}

function malformed(what: string, fault: string): PluginError {
  return new PluginError('MALFORMED', `${what} ${fault}`);
}
