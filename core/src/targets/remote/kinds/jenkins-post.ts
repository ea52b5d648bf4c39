import type { Question, RemoteAnswer, RemoteHttp } from '../http.ts';
import { RemoteProblem } from '../problem.ts';
import { textAt } from '../shape.ts';

/** Sends a POST to Jenkins. */
export type JenkinsPost = (question: Omit<Question, 'method' | 'headers'>) => Promise<RemoteAnswer>;

/**
 * With an API token a POST goes through as it is. With a password Jenkins wants a crumb, which belongs to a
 * session, and says so with 403 before anything is done: then it is fetched, and kept
 * (https://www.jenkins.io/doc/book/security/csrf-protection/).
 */
export function createJenkinsPost(http: RemoteHttp, headers: Readonly<Record<string, string>>): JenkinsPost {
  let crumb: Readonly<Record<string, string>> = {};
  return async (question) => {
    const send = () => http.ask({ ...question, method: 'POST', headers: { ...headers, ...crumb } });
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof RemoteProblem) || error.kind !== 'refused' || !/crumb/i.test(error.message))
        throw error;
      crumb = await fetchCrumb(http, headers);
      return await send();
    }
  };
}

async function fetchCrumb(
  http: RemoteHttp,
  headers: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const answer = await http.ask({ path: ['crumbIssuer', 'api', 'json'], headers });
  const body = answer.json();
  const field = textAt(body, 'crumbRequestField');
  const value = textAt(body, 'crumb');
  if (field === undefined || value === undefined)
    throw new RemoteProblem('garbled', 'Jenkins wants a crumb and gives none');
  const cookie = (answer.headers['set-cookie'] ?? []).map((one) => one.split(';')[0]).join('; ');
  return { [field.toLowerCase()]: value, ...(cookie !== '' && { cookie }) };
}
