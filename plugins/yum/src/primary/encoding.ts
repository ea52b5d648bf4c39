import { TextDecoder } from 'node:util';
import { PluginError } from '@sluice/plugin-sdk';

/**
 * Makes the decoder of an XML document from its first bytes (https://www.w3.org/TR/xml/#sec-guessing): by
 * byte order mark, else by the zero bytes of UTF-16, else by the encoding that the XML declaration names,
 * else UTF-8. Called without bytes it gives what is left. Throws `MALFORMED` for an encoding that is not
 * known.
 */
export function makeDecoder(first: Buffer): (bytes?: Buffer) => string {
  const decoder = openDecoder(findEncoding(first));
  return (bytes) => (bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode());
}

function findEncoding(first: Buffer): string {
  const [a, b] = first;
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0x00 && b === 0x3c) return 'utf-16be';
  if (a === 0x3c && b === 0x00) return 'utf-16le';
  const declaration = /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/.exec(
    first.toString('latin1', 0, 256),
  );
  return declaration?.[1] ?? 'utf-8';
}

function openDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding);
  } catch (cause) {
    throw new PluginError(
      'MALFORMED',
      `primary.xml is in the encoding ${encoding}, which is not known here; have it made in UTF-8`,
      {
        cause,
      },
    );
  }
}
