// While a new version is rolled out, or behind a tab that is older than it, a page's files may be gone: it is loaded
// again then, where its server answers at all. Before the page's own script, which may be what is missing.
(() => {
  const KEY = 'marquee:again';
  const PAUSE_MS = 1000;
  /** Loaded so often within a minute, it is left as it is. */
  const MOST = 5;
  const MINUTE_MS = 60_000;
  let asked = false;

  async function again() {
    if (asked) return;
    asked = true;
    await new Promise((done) => setTimeout(done, PAUSE_MS));
    const answer = await fetch('/board-config.json', { cache: 'no-store' }).catch(() => undefined);
    if (answer?.ok && mayLoad()) return location.reload();
    asked = false;
    const place = document.getElementById('board');
    if (place && !place.hasChildNodes()) place.textContent = 'This page could not be loaded. Please load it again.';
  }

  function mayLoad() {
    try {
      const recent = JSON.parse(sessionStorage.getItem(KEY) ?? '[]').filter((at) => at > Date.now() - MINUTE_MS);
      if (recent.length >= MOST) return false;
      sessionStorage.setItem(KEY, JSON.stringify([...recent, Date.now()]));
      return true;
    } catch {
      // Without storage it could go on for ever.
      return false;
    }
  }

  addEventListener('vite:preloadError', () => void again());
  const isOfThePage = ({ target }) => /\/assets\//.test(target?.src ?? target?.href ?? '');
  addEventListener('error', (event) => void (isOfThePage(event) && again()), true);
})();
