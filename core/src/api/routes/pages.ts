import type { FastifyInstance } from 'fastify';
import { listPipelines } from '../../store/pipeline-views.ts';
import { readRepositories } from '../../store/read-repositories.ts';
import { mayViewAll, mayViewPipeline } from '../access/visible.ts';
import { html } from '../html.ts';
import type { ApiSurroundings } from '../surroundings.ts';

/** A page for people who follow the address that the terminal prints: how everything is, without scripts. */
export function registerPages(server: FastifyInstance, { store, configuration }: ApiSurroundings): void {
  server.get('/', { config: { needs: 'viewer' }, schema: { hide: true } }, async ({ actor }, reply) => {
    const [repositories, pipelines] = await store.transact(
      async (tx) => [await readRepositories(tx), await listPipelines(tx)] as const,
    );
    const { config, refused } = configuration();
    const visible = pipelines.filter(({ name }) => mayViewPipeline(actor, config, name));
    const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sluice</title>
<h1>Sluice</h1>
${refused ? html`<p role="alert">The configuration file as it is now is invalid; the one before runs on${mayViewAll(actor, config) ? `: ${refused.problems.join('; ')}` : ''}</p>` : ''}
<h2>Pipelines</h2>
<table><thead><tr><th scope="col">Pipeline<th scope="col">Last run<th scope="col">Status<th scope="col">Waiting</thead>
${visible.map(
  ({ name, lastRun, waiting }) =>
    html`<tr><th scope="row"><a href="/api/v1/pipelines/${name}/runs">${name}</a><td>${lastRun ? `${lastRun.counter} (${lastRun.label})` : 'none yet'}<td>${lastRun?.status ?? ''}<td>${waiting}`,
)}
</table>
<h2>Repositories</h2>
<table><thead><tr><th scope="col">Repository<th scope="col">Status<th scope="col">Last poll<th scope="col">Next poll</thead>
${repositories.map(
  ({ name, status, problem, lastPoll, nextPoll }) =>
    html`<tr><th scope="row"><a href="/api/v1/repositories/${name}">${name}</a><td>${problem ? `${status} since ${showTime(problem.since)}: ${problem.code}: ${problem.message}` : status}<td>${showTime(lastPoll)}<td>${showTime(nextPoll)}`,
)}
</table>
<p>Everything else: <a href="/api/v1/openapi.json">the API</a>, <a href="/metrics">metrics</a>.</p>
</html>`;
    return reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
      .header('x-content-type-options', 'nosniff')
      .send(page.text);
  });
}

function showTime(time: number | null): string {
  return time === null ? '' : new Date(time).toISOString();
}
