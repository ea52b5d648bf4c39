import type { Nevra } from '../nevra.ts';

/** What primary.xml tells of one rpm, as far as it is told; texts as they stand there. */
export interface RpmPackage extends Nevra {
  readonly checksum?: { readonly type: string; readonly value: string };
  readonly summary?: string;
  readonly packager?: string;
  readonly vendor?: string;
  /** The project's page. */
  readonly url?: string;
  /** Seconds since 1970, digits. */
  readonly buildTime?: string;
  /** Seconds since 1970, digits. */
  readonly fileTime?: string;
  readonly sourceRpm?: string;
  /** `bases`: what `xml:base` says from the outside in; each resolves against the one before. */
  readonly location?: { readonly href: string; readonly bases: readonly string[] };
}
