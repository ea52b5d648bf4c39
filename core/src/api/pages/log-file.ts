import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readLogLines } from '../../store/log-lines.ts';
import { authoriseAgain } from '../access/authorise.ts';
import { ApiError } from '../api-error.ts';
import type { RouteSurroundings } from '../surroundings.ts';
import { linesAtOnce, showBlock, showGrowth } from './components/log-block.ts';
import { readFrom } from './log.ts';
import { logRoute, readLogAddress, unknownLog } from './log-address.ts';
import { readParts } from './log-search.ts';

type Params = { readonly Params: Readonly<Record<string, string>> };
const options = { config: { needs: 'view' }, schema: { hide: true } } as const;

/** What the page of a log asks for: the log as a file, a block of its lines, and what was printed since. */
export function registerLogFile(server: FastifyInstance, surroundings: RouteSurroundings): void {
  const { store } = surroundings;

  server.get<Params>(`${logRoute}/log.txt`, options, async (request, reply) => {
    const address = readLogAddress(request.params);
    const log = await store.read((tx) => readLogLines(tx, address, { from: 0, count: 0 }));
    if (!log) throw unknownLog(address);
    const { pipeline, counter, stage, job } = address;
    return reply
      .type('text/plain; charset=utf-8')
      .header('content-disposition', `attachment; filename="${pipeline}-${counter}-${stage}-${job}.txt"`)
      .send(Readable.from(whileAuthorised(readParts(store, address), request, surroundings)));
  });

  server.get<Params & { readonly Querystring: { readonly from?: string } }>(
    `${logRoute}/lines`,
    options,
    async ({ params, query }, reply) => {
      const address = readLogAddress(params);
      const log = await store.read((tx) =>
        readLogLines(tx, address, { from: readFrom(query.from ?? '0'), count: linesAtOnce }),
      );
      if (!log) throw unknownLog(address);
      return reply.type('text/html; charset=utf-8').send(showBlock(log).text);
    },
  );

  server.get<Params & { readonly Querystring: { readonly from?: string } }>(
    `${logRoute}/growth`,
    options,
    async ({ params, query }, reply) => {
      const address = readLogAddress(params);
      const from = /^\d{1,9}$/.test(query.from ?? '') ? Number(query.from) : 0;
      const log = await store.read((tx) => readLogLines(tx, address, { from, count: linesAtOnce }));
      if (!log) throw unknownLog(address);
      const growth = showGrowth(address, log);
      // Nothing new: the browser leaves what it has (htmx takes 204 for that).
      if (growth === undefined) return reply.status(204).send();
      return reply.type('text/html; charset=utf-8').send(growth.text);
    },
  );
}

/** Breaks off where the reader may not go on. */
async function* whileAuthorised(
  parts: AsyncIterable<string>,
  request: FastifyRequest,
  surroundings: RouteSurroundings,
): AsyncGenerator<string, void> {
  for await (const part of parts) {
    if (!authoriseAgain(request, surroundings))
      throw new ApiError('FORBIDDEN', 'The reader may not see this log any more');
    yield part;
  }
}
