import type { Actor } from '../../engine/actor.ts';
import { reaches } from '../../engine/rights.ts';
import { assetPath } from './assets.ts';
import { showProblem } from './components/notice.ts';
import { type Html, html } from './html.ts';
import { type PageView, type Section, sections } from './page.ts';
import { type Theme, themes } from './theme.ts';

/** Where an open page finds out what has changed. */
export interface LiveAddress {
  readonly path: string;
  /** Up to where the page is true. */
  readonly place: string;
  /** How often it asks although nothing has happened, in milliseconds; never unless told. */
  readonly refreshMs: number | undefined;
}

/** What surrounds a page. */
export interface Frame {
  readonly theme: Theme;
  /** Proves that a form was made for this browser. */
  readonly token: string;
  /** The path and query of the page, to come back to. */
  readonly path: string;
  /** How the page is kept true; undefined where nothing changes. */
  readonly live: LiveAddress | undefined;
  /** Who looks at it; undefined for whoever has not signed in. */
  readonly actor: Actor | undefined;
  /** Whether people have to sign in. */
  readonly signsIn: boolean;
  /** Whether the configuration files as they are now were not taken. */
  readonly refused: boolean;
  /** What became of what was asked for, to be told once. */
  readonly notice: string | undefined;
}

// htmx would add a style element and read attributes as code: the Content-Security-Policy forbids both.
const htmxConfig = JSON.stringify({ includeIndicatorStyles: false, allowEval: false, historyCacheSize: 0 });

/** The form to which what a page offers belongs: its buttons say where it goes with `formaction`. */
export const actionForm = 'act';

/**
 * The form of the buttons in the frame. Enter in a field presses the first button of its form, and that must
 * be one of the page's.
 */
const frameForm = 'frame';

/** A whole document. */
export function layOut({ title, section, main }: PageView, frame: Frame): Html {
  return html`<html lang="en" data-theme=${frame.theme}>
    ${showHead(title)}
    <body hx-ext="morph">
      <a class="skip" href="#main">To the content</a>
      <header class="top">
        <a class="brand" href="/"><img src=${assetPath('icon.svg')} alt="" width="22" height="22" />Sluice</a>
        <nav aria-label="Main">${section !== undefined && showSections(section, frame.actor)}</nav>
        ${frame.signsIn && frame.actor && showWho(frame.actor)}
        ${showThemes(frame.theme)}
      </header>
      <p class="disconnected" role="status"><span>Not connected: what you see may be old. It goes on by itself when the server answers.</span></p>
      ${frame.refused && showProblem('The configuration files as they are now are invalid; the one before runs on.', html`<a href="/configuration">What is wrong with them</a>`)}
      ${frame.notice && html`<p class="notice" role="status">${frame.notice}</p>`}
      <main id="main" tabindex="-1">${main}</main>
      ${section !== undefined && html`<footer><a href="/api/v1/openapi.json">API</a><a href="/metrics">Metrics</a><a href="/readyz">Readiness</a></footer>`}
      ${[actionForm, frameForm].map((id) => showForm(id, frame))}
      ${frame.live && showLive(frame.live)}
    </body>
  </html>`;
}

function showForm(id: string, { token, path }: Frame): Html {
  return html`<form id=${id} method="post"><input type="hidden" name="_csrf" value=${token} /><input type="hidden" name="back" value=${path} /></form>`;
}

function showSections(current: Section, actor: Actor | undefined): readonly Html[] {
  const visible = Object.entries(sections).filter(
    ([, { role }]) => actor && (role === undefined || reaches(actor, role)),
  );
  return visible.map(
    ([name, { path, title }]) =>
      html`<a href=${path} aria-current=${name === current ? 'page' : null}>${title}</a>`,
  );
}

/** What the script reads that keeps the page true. */
function showLive({ path, place, refreshMs }: LiveAddress): Html {
  return html`<div id="live" hidden data-path=${path} data-place=${place} data-refresh=${refreshMs}></div>`;
}

function showWho({ name }: Actor): Html {
  return html`<div class="who"><span class="hint">${name}</span><button form=${frameForm} formaction="/sign-out">Sign out</button></div>`;
}

function showHead(title: string): Html {
  return html`<head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="htmx-config" content=${htmxConfig} />
    <title>${title} · Sluice</title>
    <link rel="icon" href=${assetPath('icon.svg')} />
    <link rel="stylesheet" href=${assetPath('sluice.css')} />
    <script src=${assetPath('htmx.js')} defer></script>
    <script src=${assetPath('morph.js')} defer></script>
    <script src=${assetPath('sluice.js')} type="module"></script>
  </head>`;
}

function showThemes(current: Theme): Html {
  return html`<div class="themes" role="group" aria-label="Colours">${Object.entries(themes).map(
    ([theme, { title, glyph }]) =>
      html`<button form=${frameForm} formaction="/theme" name="theme" value=${theme} aria-pressed=${String(theme === current)} title=${title} aria-label=${title}>${glyph}</button>`,
  )}</div>`;
}
