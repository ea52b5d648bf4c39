import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type FormBody, formRoute, goBack } from './forms.ts';

/** The colours of the pages: as the system says, or as somebody chose. */
export const themes = {
  auto: { title: 'Colours as the system has them', glyph: '◐' },
  light: { title: 'Light colours', glyph: '☀' },
  dark: { title: 'Dark colours', glyph: '☾' },
} as const;

/** One of {@link themes}. */
export type Theme = keyof typeof themes;

const cookie = 'sluice-theme';
const yearSeconds = 365 * 86_400;

const isTheme = (text: unknown): text is Theme => typeof text === 'string' && Object.hasOwn(themes, text);

/** The colours that this browser wants. */
export function readTheme({ cookies }: FastifyRequest): Theme {
  return isTheme(cookies[cookie]) ? cookies[cookie] : 'auto';
}

/** The switch of colours: remembered in a cookie, so that it needs no script. */
export function registerTheme(server: FastifyInstance): void {
  server.post<{ Body: FormBody }>('/theme', formRoute(server, 'nothing'), async ({ body }, reply) => {
    const theme = isTheme(body['theme']) ? body['theme'] : 'auto';
    reply.setCookie(cookie, theme, { path: '/', httpOnly: true, sameSite: 'lax', maxAge: yearSeconds });
    return goBack(reply, body);
  });
}
