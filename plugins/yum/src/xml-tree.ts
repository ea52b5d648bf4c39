import { readXml, type Tag } from './xml.ts';

/** An element of a small document. */
export interface XmlElement {
  readonly tag: Tag;
  /** Without the namespace prefix. */
  readonly name: string;
  /** The character data directly in it, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  readonly tag: Tag;
  text: string;
  readonly children: XmlElement[];
}

/** Reads a small document whole, and answers its root. Throws as {@link readXml} does. */
export function parseXml(what: string, text: string): XmlElement {
  const top: OpenElement[] = [];
  const found: XmlElement[] = [];
  const reader = readXml(what, {
    open: (tag) => void top.push({ tag, text: '', children: [] }),
    text(piece) {
      const innermost = top.at(-1);
      if (innermost) innermost.text += piece;
    },
    close() {
      const element = top.pop();
      if (element) (top.at(-1)?.children ?? found).push(finish(element));
    },
  });
  reader.write(text);
  reader.end();
  const [root] = found;
  if (!root) throw new Error('a document that is well-formed has a root');
  return root;
}

function finish({ tag, text, children }: OpenElement): XmlElement {
  return { tag, name: tag.local, text: text.trim(), children };
}

/** The text of the first child of a name. */
export function childText({ children }: XmlElement, name: string): string | undefined {
  return children.find((child) => child.name === name)?.text;
}
