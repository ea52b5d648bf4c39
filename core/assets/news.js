const firstRetryMs = 2_000;
const longestRetryMs = 30_000;

/**
 * Hears from the server that something has happened, and tells it on as `news`; `connected`, `disconnected` and `refused` say how it
 * is with the server. Answers how to stop.
 */
export function followNews(tell) {
  let source;
  let retry;
  let retryMs = firstRetryMs;

  function open() {
    source = new EventSource('/live');
    source.addEventListener('open', () => {
      retryMs = firstRetryMs;
      tell('connected');
    });
    source.addEventListener('news', () => tell('news'));
    source.addEventListener('error', () => {
      // After a refusal, which may be a proxy's, the browser does not come back by itself.
      const isRefused = source.readyState === EventSource.CLOSED;
      tell(isRefused ? 'refused' : 'disconnected');
      if (!isRefused) return;
      retry = setTimeout(open, retryMs * (0.5 + Math.random()));
      retryMs = Math.min(2 * retryMs, longestRetryMs);
    });
  }

  open();
  return () => {
    clearTimeout(retry);
    source.close();
  };
}
