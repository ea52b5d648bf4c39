import { followNews } from './news.js';

// One for all windows of a browser: browsers open only six connections to one server, and a stream holds one for good.
const windows = new BroadcastChannel('sluice-news');
let state;

followNews((news) => {
  if (news !== 'news') state = news;
  windows.postMessage(news);
});

/** A window that comes later is told how it is with the server. */
addEventListener('connect', ({ ports: [port] }) => {
  if (state !== undefined) port.postMessage(state);
});
