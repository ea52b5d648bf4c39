import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sessionCookie } from '../access/authenticate.ts';
import { ApiError, apiErrors } from '../api-error.ts';
import { askApi } from './call-api.ts';
import { showProblem } from './components/notice.ts';
import { type FormBody, formRoute, goBack, readField } from './forms.ts';
import { html } from './html.ts';
import { actionForm } from './layout.ts';
import type { PageView } from './page.ts';
import { sendPage } from './send-page.ts';

const halfDaySeconds = 12 * 3_600;

/**
 * Signing in with a token, which the browser then brings in a cookie that no script can read and no other
 * site can send; signing out.
 */
export function registerSignIn(server: FastifyInstance): void {
  server.get<{ Querystring: { readonly back?: string | readonly string[] } }>(
    '/sign-in',
    { config: { needs: 'nothing' }, schema: { hide: true } },
    (request, reply) => sendPage(request, reply, showSignIn([request.query.back].flat()[0]), {}),
  );

  server.post<{ Body: FormBody }>('/sign-in', formRoute(server, 'nothing'), async (request, reply) => {
    const token = readField(request.body, 'token') ?? '';
    const back = readField(request.body, 'to');
    const refusal = await findRefusal(request, token);
    if (refusal) {
      return sendPage(
        request,
        reply.status(apiErrors[refusal.code].status),
        showSignIn(back, refusal.message),
        {},
      );
    }
    const secure = request.protocol === 'https';
    reply.setCookie(sessionCookie, token, {
      path: '/',
      httpOnly: true,
      sameSite: 'strict',
      secure,
      maxAge: halfDaySeconds,
    });
    return goBack(reply, { back });
  });

  server.post<{ Body: FormBody }>('/sign-out', formRoute(server, 'nothing'), async (_, reply) => {
    reply.clearCookie(sessionCookie, { path: '/' });
    return reply.redirect('/sign-in', 303);
  });
}

/** Answers a browser that has to sign in with the form for that, which leads back to what was asked for. */
export function askToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const back = request.method === 'GET' ? request.url : '/';
  return sendPage(request, reply.status(apiErrors.UNAUTHORIZED.status), showSignIn(back), {});
}

async function findRefusal(request: FastifyRequest, token: string): Promise<ApiError | undefined> {
  try {
    await askApi(request, { method: 'GET', url: '/api/v1/me', token });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof ApiError)) throw thrown;
    const wrong = 'No such token is in force: it is mistyped, has expired or was revoked.';
    return thrown.code === 'UNAUTHORIZED' ? new ApiError('UNAUTHORIZED', wrong) : thrown;
  }
}

function showSignIn(back: string | undefined, problem?: string): PageView {
  const main = html`<div class="sign-in fields">
    <h1>Sign in</h1>
    ${problem !== undefined && showProblem('That did not work.', problem)}
    <label>Your token<input type="password" name="token" form=${actionForm} required autocomplete="current-password" autofocus /></label>
    <input type="hidden" name="to" value=${back} form=${actionForm} />
    <p><button class="main" form=${actionForm} formaction="/sign-in">Sign in</button></p>
    <p class="hint">An admin makes tokens with <code>sluice token new</code>.</p>
  </div>`;
  return { title: 'Sign in', section: undefined, main };
}
