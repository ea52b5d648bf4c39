import { followNews } from './news.js';

const root = document.documentElement;
const retryMs = 5_000;

/** Where this page finds out what has changed, and up to where it is true; there is none where nothing changes. */
const live = document.getElementById('live');
let isAsking = false;
let isDue = false;
let wasAnswered = false;

/** Makes the page true, and once more where news came meanwhile; a page that nobody looks at waits until somebody does. */
async function refresh() {
  isDue = true;
  if (isAsking) return;
  isAsking = true;
  try {
    while (isDue && !document.hidden) {
      isDue = false;
      if (!(await takeChanges())) setTimeout(refresh, retryMs * (0.5 + Math.random()));
    }
  } finally {
    isAsking = false;
  }
}

/** Answers whether the server did. */
async function takeChanges() {
  const { path, place } = live.dataset;
  const address = new URL(path, location.href);
  address.searchParams.set('place', place);
  const answer = await fetch(address).catch(() => undefined);
  // Who may not see it any more gets what they may: a page that says so, or the one to sign in.
  if (wasAnswered && [401, 403, 404].includes(answer?.status)) location.reload();
  if (!answer?.ok) return false;
  wasAnswered = true;
  const changes = await answer.text();
  if (path !== live.dataset.path) return true;
  live.dataset.place = answer.headers.get('sluice-place');
  if (changes !== '') htmx.swap(document.body, changes, { swapStyle: 'none' });
  return true;
}

/** Says whether what is shown is still true; the words are in the page. */
function tellConnection(connected) {
  root.toggleAttribute('data-connected', connected);
  root.toggleAttribute('data-disconnected', !connected);
}

function hear(news) {
  if (news !== 'news') tellConnection(news === 'connected');
  if (news !== 'disconnected') refresh();
}

function followTogether() {
  new BroadcastChannel('sluice-news').onmessage = ({ data }) => hear(data);
  const worker = new SharedWorker(new URL('news-worker.js', import.meta.url), { type: 'module' });
  worker.port.onmessage = ({ data }) => hear(data);
  worker.onerror = followAlone;
}

/** In a browser without shared workers each window has a stream of its own, while somebody looks at it. */
function followAlone() {
  let stop = followNews(hear);
  document.addEventListener('visibilitychange', () => {
    stop();
    if (!document.hidden) stop = followNews(hear);
  });
}

if (live) {
  if ('SharedWorker' in window) followTogether();
  else followAlone();
  document.addEventListener('visibilitychange', refresh);
  addEventListener('pageshow', ({ persisted }) => persisted && refresh());
  if (live.dataset.refresh) setInterval(refresh, Number(live.dataset.refresh));
  // The list that a filter leaves is kept true as well.
  document.addEventListener('htmx:pushedIntoHistory', ({ detail }) => {
    live.dataset.path = `/live${detail.path}`;
    [live.dataset.place] = live.dataset.place.split('.');
  });
}
