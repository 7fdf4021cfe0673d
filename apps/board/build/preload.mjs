/** Tells browsers of the font and the settings at once: both are needed before the first list is drawn. */
export function preload() {
  return {
    name: 'preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {}, filename }) {
        if (!filename.endsWith('index.html')) return [];
        const font = Object.keys(bundle).find((file) => file.includes('geist-latin-wght'));
        const link = (href, as, more = {}) => ({
          tag: 'link',
          attrs: { rel: 'preload', href, as, crossorigin: true, ...more },
          injectTo: 'head',
        });
        return [link(`/${font}`, 'font', { type: 'font/woff2' }), link('/board-config.json', 'fetch')];
      },
    },
  };
}
