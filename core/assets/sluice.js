import { describeTime } from './relative-time.js';

const root = document.documentElement;

/** Times grow older while a page is open; the exact ones are in their titles. */
function refreshTimes() {
  const now = Date.now();
  for (const time of document.querySelectorAll('time[data-age]')) {
    const text = describeTime(Date.parse(time.dateTime), now);
    if (time.textContent !== text) time.textContent = text;
  }
}

setInterval(refreshTimes, 5_000);

/** Says whether what is shown is still true; the words are in the page. */
function tellConnection(connected) {
  root.toggleAttribute('data-connected', connected);
  root.toggleAttribute('data-disconnected', !connected);
}

document.addEventListener('htmx:sseOpen', () => tellConnection(true));
document.addEventListener('htmx:sseError', () => tellConnection(false));

/** A page that nobody looks at holds no connection: browsers open only a few to one server. It goes on where it left off. */
const stream = document.getElementById('live');
let position = '';

document.addEventListener('htmx:sseMessage', ({ detail }) => {
  position = detail.lastEventId;
});

function leave() {
  stream.remove();
  htmx.trigger(stream, 'htmx:beforeCleanupElement');
}

function comeBack() {
  refreshTimes();
  if (!stream || stream.isConnected) return;
  const address = new URL(stream.getAttribute('sse-connect'), location.href);
  if (position !== '') address.searchParams.set('position', position);
  stream.setAttribute('sse-connect', address.pathname + address.search);
  document.body.append(stream);
  htmx.process(stream);
}

const leaveAfterMs = 10_000;
let leaving = 0;

document.addEventListener('visibilitychange', () => {
  clearTimeout(leaving);
  if (document.visibilityState === 'visible') comeBack();
  else if (stream?.isConnected) leaving = setTimeout(leave, leaveAfterMs);
});

/** The list that a filter leaves is kept true as well. */
document.addEventListener('htmx:pushedIntoHistory', ({ detail }) => {
  if (!stream) return;
  const before = new URL(stream.getAttribute('sse-connect'), location.href);
  const address = new URL(detail.path, location.href);
  address.searchParams.set('position', position || before.searchParams.get('position'));
  stream.setAttribute('sse-connect', `/live${address.pathname}${address.search}`);
  leave();
  comeBack();
});

/** Whoever has sent a form sees that it is on its way, and sends it once. */
document.addEventListener('submit', (event) => {
  const { submitter } = event;
  if (submitter?.getAttribute('aria-busy') === 'true') event.preventDefault();
  submitter?.setAttribute('aria-busy', 'true');
});
// A page that the browser kept and shows again waits for nothing.
addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('[aria-busy]')) button.removeAttribute('aria-busy');
});

/** A drawing that is larger than its frame begins with what it is about. */
function centreDrawing() {
  const focus = document.getElementById('focus');
  const frame = focus?.closest('.canvas');
  if (!focus || !frame) return;
  const [inner, outer] = [focus.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  frame.scrollTop += inner.top + inner.height / 2 - outer.top - outer.height / 2;
}

centreDrawing();

/** A log that is followed stays at its end, unless somebody scrolls away from it. */
function followLog() {
  document.querySelector('[data-follow]')?.scrollIntoView({ block: 'end' });
}

const isAtEnd = () => innerHeight + scrollY >= document.body.scrollHeight - 120;
let wasAtEnd = true;
document.addEventListener('htmx:beforeSwap', () => {
  wasAtEnd = isAtEnd();
});
document.addEventListener('htmx:afterSettle', () => {
  if (wasAtEnd) followLog();
  refreshTimes();
});
if (!location.hash) followLog();

root.dataset.script = 'ready';
