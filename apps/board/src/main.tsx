import { createRoot } from 'react-dom/client';
import { readSettings } from './api/settings';
import { App } from './app';
import { frames } from './live/frames';
import './tokens.css';
import './base.css';
import { Marquee, MarqueeProvider } from './sdk';
import { SettingsContext } from './shell/settings-context';

const FONT_WITHIN_MS = 400;

async function main(): Promise<void> {
  const place = document.getElementById('board');
  if (!place) throw new Error('the page has no #board');
  const [settings] = await Promise.all([readSettings(), fontLoaded()]);
  const client = new Marquee({ gateway: settings.gateway, api: location.origin, debug: (event) => frames.take(event) });
  createRoot(place).render(
    <SettingsContext value={settings}>
      <MarqueeProvider client={client}>
        <App />
      </MarqueeProvider>
    </SettingsContext>,
  );
}

/** The font, or a short while: what is drawn first stays as it is drawn. */
function fontLoaded(): Promise<unknown> {
  const late = new Promise((resolve) => setTimeout(resolve, FONT_WITHIN_MS));
  return Promise.race([document.fonts.load('1em Geist').catch(() => undefined), late]);
}

void main();
