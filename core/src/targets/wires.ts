import { Secret } from '@sluice/plugin-sdk';
import { Connections, type Reach } from '@sluice/plugin-sdk/http';
import type { Config, Template } from '../config/config.ts';
import type { TlsFiles } from '../config/jobs.ts';
import { readPemFile } from '../config/pem-file.ts';

/** Over what requests go, and who may be reached. */
export interface Wires {
  readonly connections: Connections;
  readonly reach: Reach;
}

/** The parts of the configuration that say how other servers are reached. */
export type WireConfig = Pick<Config, 'http' | 'targets'>;

const noFiles: TlsFiles = { clientCert: undefined, clientKey: undefined, ca: undefined };

/**
 * The wires that a configuration describes: its proxy, its authorities, its rule on private addresses, and a
 * job's own certificate. Files are read anew each time. Throws in words for what cannot be read, or is no
 * certificate.
 */
export async function openWires(
  { http, targets }: WireConfig,
  resolve: (template: Template) => string,
  files: TlsFiles = noFiles,
): Promise<Wires & AsyncDisposable> {
  const reach = { allowPrivate: targets.allowPrivate };
  const [general, own, clientCert, clientKey] = [http.ca, files.ca, files.clientCert, files.clientKey].map(
    readPem,
  );
  const ca = [general, own].filter((pem) => pem !== undefined).join('\n');
  const connections = new Connections({
    ...reach,
    proxy: http.proxy === undefined ? undefined : resolve(http.proxy),
    noProxy: http.noProxy,
    ca: ca === '' ? undefined : ca,
    clientCert,
    clientKey: clientKey === undefined ? undefined : new Secret(clientKey),
  });
  return { connections, reach, [Symbol.asyncDispose]: () => connections.close() };
}

function readPem(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readPemFile(path);
  } catch (cause) {
    throw new Error(`${path} cannot be read: it ${cause instanceof Error ? cause.message : 'is not there'}`, {
      cause,
    });
  }
}
