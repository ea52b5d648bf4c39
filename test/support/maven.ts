import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Requirement } from './requirement.ts';

const run = promisify(execFile);
const debianRepository = '/usr/share/maven-repo';
const serverId = 'deploy-target';

/** What deploying with real Maven takes. */
export const mavenRequirement: Requirement = {
  name: 'mvn and its deploy plugin',
  install: 'apt-get install maven libmaven-deploy-plugin-java',
  met:
    (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'mvn'))) &&
    existsSync(join(debianRepository, 'org/apache/maven/plugins/maven-deploy-plugin')),
};

/** A file to deploy. */
export interface Deployment {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  /** Default jar. */
  readonly packaging?: string;
  /** What is in the file. */
  readonly text: string;
  /** What is in files beside it, of the same packaging, by classifier. */
  readonly classified?: Readonly<Record<string, string>>;
  /** What the POM has beside the coordinates. */
  readonly pom?: string;
}

/** The real Maven, offline, with a configuration and a local repository of its own. */
export interface Maven {
  /** A settings.xml with the credentials for `deploy-target`. */
  readonly settings: string;
  /** Deploys to a repository, some seconds each. */
  deploy(url: string, deployment: Deployment): Promise<void>;
  remove(): Promise<void>;
}

/** Sets Maven up in a temporary folder; it proves itself as this user where a repository asks it to. */
export async function setUpMaven(user: {
  readonly username: string;
  readonly password: string;
}): Promise<Maven> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-maven-'));
  const settings = join(folder, 'settings.xml');
  await writeFile(settings, describeSettings(join(folder, 'local'), user));
  return {
    settings,
    deploy: (url, deployment) => deploy(folder, url, deployment),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/**
 * Not offline, which deploying refuses: everything but the target is looked for in Debian's own repository.
 */
function describeSettings(
  local: string,
  { username, password }: { readonly username: string; readonly password: string },
): string {
  return `<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">
  <localRepository>${local}</localRepository>
  <servers><server><id>${serverId}</id><username>${username}</username><password>${password}</password></server></servers>
  <mirrors><mirror><id>debian</id><mirrorOf>central,*,!${serverId}</mirrorOf><url>file://${debianRepository}</url></mirror></mirrors>
</settings>`;
}

async function deploy(folder: string, url: string, deployment: Deployment): Promise<void> {
  const { groupId, artifactId, version, packaging = 'jar', text, classified = {}, pom = '' } = deployment;
  const work = await mkdtemp(join(folder, 'deploy-'));
  const file = join(work, `file.${packaging}`);
  await writeFile(file, text);
  const pomFile = join(work, 'pom.xml');
  const coordinates = `<groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version>`;
  await writeFile(
    pomFile,
    `<project><modelVersion>4.0.0</modelVersion>${coordinates}<packaging>${packaging}</packaging>${pom}</project>`,
  );
  const classifiers = Object.keys(classified);
  for (const classifier of classifiers) await writeFile(join(work, classifier), classified[classifier] ?? '');
  const beside = [
    `-Dfiles=${classifiers.map((classifier) => join(work, classifier)).join()}`,
    `-Dclassifiers=${classifiers.join()}`,
    `-Dtypes=${classifiers.map(() => packaging).join()}`,
  ];
  const goal = 'org.apache.maven.plugins:maven-deploy-plugin:3.0.0:deploy-file';
  const settings = ['-q', '-B', '-s', join(folder, 'settings.xml')];
  const target = [`-Durl=${url}`, `-DrepositoryId=${serverId}`, `-Dfile=${file}`, `-DpomFile=${pomFile}`];
  // Most of a deployment is the start of Java.
  const env = { ...process.env, MAVEN_OPTS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto' };
  await run('mvn', [...settings, goal, ...target, ...(classifiers.length > 0 ? beside : [])], {
    cwd: work,
    env,
  });
}
