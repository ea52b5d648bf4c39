import './live.js';
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

document.addEventListener('visibilitychange', refreshTimes);

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
