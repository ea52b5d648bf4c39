import type { FastifyInstance } from 'fastify';
import type { RouteSurroundings } from '../surroundings.ts';
import { acknowledgePage, registerAcknowledge } from './acknowledge.ts';
import { pipelineActionPages, registerPipelineActions } from './actions/pipeline-action-page.ts';
import { registerRelease, releasePage } from './actions/release-page.ts';
import { registerStageActions, stageActionPages } from './actions/stage-action-page.ts';
import { registerTriggerForm, triggerPage } from './actions/trigger-page.ts';
import { auditPage } from './audit.ts';
import { boardPage } from './board/board.ts';
import { comparePage } from './compare.ts';
import { configurationPage } from './configuration.ts';
import { decisionsPage } from './decisions.ts';
import { homePage } from './home/home.ts';
import { registerLedHome } from './led-home.ts';
import { LivePages } from './live.ts';
import { logPage } from './log.ts';
import { registerLogFile } from './log-file.ts';
import { packagePage } from './package/package.ts';
import type { Page } from './page.ts';
import { pipelinePage } from './pipeline.ts';
import { pluginsPage } from './plugins.ts';
import { registerPollNow } from './poll-now.ts';
import { registerFace } from './register-face.ts';
import { registerNews } from './register-news.ts';
import { registerPage } from './register-page.ts';
import { repositoriesPage } from './repositories.ts';
import { repositoryPage } from './repository.ts';
import { runPage } from './run/run.ts';
import { registerSignIn } from './sign-in.ts';
import { registerUnknownPage } from './unknown-page.ts';
import { StreamLayouts } from './value-stream/stream-layouts.ts';
import { makeValueStreamPages } from './value-stream/value-stream.ts';

const pages: readonly Page[] = [
  homePage,
  pipelinePage,
  runPage,
  logPage,
  repositoriesPage,
  repositoryPage,
  packagePage,
  boardPage,
  comparePage,
  acknowledgePage,
  decisionsPage,
  pluginsPage,
  auditPage,
  configurationPage,
  ...stageActionPages,
  ...pipelineActionPages,
  triggerPage,
  releasePage,
];

/**
 * The web face: pages for people, made here and complete without scripts; scripts keep them true while they
 * are open.
 */
export async function registerPages(server: FastifyInstance, surroundings: RouteSurroundings): Promise<void> {
  await registerFace(server);
  registerLedHome(server);
  registerSignIn(server);
  registerPollNow(server);
  registerAcknowledge(server);
  registerStageActions(server);
  registerPipelineActions(server);
  registerTriggerForm(server);
  registerRelease(server);
  registerLogFile(server, surroundings);
  registerNews(server, surroundings);
  registerUnknownPage(server, 'token');
  const layouts = new StreamLayouts();
  server.addHook('onClose', () => layouts.close());
  const live = new LivePages(surroundings);
  for (const page of [...pages, ...makeValueStreamPages(layouts)])
    registerPage(server, page, { ...surroundings, live });
}
