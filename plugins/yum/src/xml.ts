import { PluginError } from '@sluice/plugin-sdk';
import { SaxesParser, type SaxesTagNS } from 'saxes';

/** Names and attributes of an element, its namespace prefixes resolved. */
export type Tag = SaxesTagNS;

/** What is told of a document while it is read. */
export interface XmlListener {
  open(tag: Tag, depth: number): void;
  /** Character data, in pieces, of the innermost element that is open. */
  text(text: string): void;
  /** `depth` as when it was opened: 0 is the root. */
  close(tag: Tag, depth: number): void;
}

/** A document that is read as it comes. */
export interface XmlReader {
  /**
   * Throws `MALFORMED` for what is not well-formed (https://www.w3.org/TR/xml/, with namespaces), or has a
   * DOCTYPE.
   */
  write(text: string): void;
  /** Throws `MALFORMED` if the document is not whole. */
  end(): void;
}

/**
 * Reads a document with namespaces. No entity but the five that XML predefines is ever expanded. `what` names
 * it in errors.
 */
export function readXml(what: string, listener: XmlListener): XmlReader {
  const parser = new SaxesParser({ xmlns: true });
  let depth = -1;
  parser.on('error', (error) => {
    throw new PluginError('MALFORMED', `${what} is no well-formed XML: ${error.message.slice(0, 200)}`);
  });
  parser.on('doctype', () => {
    throw new PluginError(
      'MALFORMED',
      `${what} has a DOCTYPE, which repository metadata does not have; it is not read`,
    );
  });
  parser.on('opentag', (tag) => listener.open(tag, ++depth));
  parser.on('text', (text) => listener.text(text));
  parser.on('cdata', (text) => listener.text(text));
  parser.on('closetag', (tag) => listener.close(tag, depth--));
  return { write: (text) => void parser.write(text), end: () => void parser.close() };
}

/** The value of an attribute without namespace. */
export function attributeOf(tag: Tag, name: string): string | undefined {
  const attribute = tag.attributes[name];
  return attribute?.uri === '' ? attribute.value : undefined;
}
