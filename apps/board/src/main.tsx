import { createRoot } from 'react-dom/client';
import { readSettings } from './api/settings';
import { App } from './app';
import './tokens.css';
import './base.css';
import { Marquee, MarqueeProvider } from './sdk';
import { SettingsContext } from './shell/settings-context';

async function main(): Promise<void> {
  const place = document.getElementById('board');
  if (!place) throw new Error('the page has no #board');
  const settings = await readSettings();
  const client = new Marquee({ gateway: settings.gateway, api: location.origin });
  createRoot(place).render(
    <SettingsContext value={settings}>
      <MarqueeProvider client={client}>
        <App />
      </MarqueeProvider>
    </SettingsContext>,
  );
}

void main();
