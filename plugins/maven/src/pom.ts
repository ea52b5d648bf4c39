import type { Revision } from '@sluice/plugin-sdk';
import { findTexts, parseXml, type XmlNode } from './xml.ts';

/** What a POM tells of its project. */
export type PomFacts = Pick<Revision, 'trackbackUrl' | 'publisher' | 'comment'>;

const mostDevelopers = 5;

/**
 * Reads a POM's own elements (https://maven.apache.org/pom.html); what it inherits from a parent, or leaves
 * to a property, is not there. Throws `MALFORMED` for what is no POM.
 */
export function readPom(bytes: Uint8Array, what: string): PomFacts {
  const project = parseXml(bytes, 'project', what);
  const trackbackUrl = [...readTexts(project, 'url'), ...readTexts(project, 'scm', 'url')].find(isLink);
  const publisher = findPublisher(project);
  const comment = findComment(project);
  return {
    ...(trackbackUrl !== undefined && { trackbackUrl }),
    ...(publisher !== undefined && { publisher }),
    ...(comment !== undefined && { comment }),
  };
}

function findPublisher(project: XmlNode): string | undefined {
  const named = [
    readTexts(project, 'developers', 'developer', 'name'),
    readTexts(project, 'developers', 'developer', 'id'),
  ];
  const developers = named.find((names) => names.length > 0) ?? [];
  return developers.slice(0, mostDevelopers).join(', ') || readTexts(project, 'organization', 'name')[0];
}

function findComment(project: XmlNode): string | undefined {
  const [[name], [description]] = [readTexts(project, 'name'), readTexts(project, 'description')];
  if (name === undefined || description === undefined || name === description) return description ?? name;
  return `${name}: ${description}`;
}

/** Texts in one line each, without those that only Maven could fill in. */
function readTexts(project: XmlNode, ...path: readonly string[]): readonly string[] {
  return findTexts(project, ...path)
    .filter((text) => !text.includes('${'))
    .map((text) => text.replace(/\s+/g, ' '));
}

function isLink(text: string): boolean {
  const url = URL.parse(text);
  return (
    (url?.protocol === 'https:' || url?.protocol === 'http:') && url.username === '' && url.password === ''
  );
}
