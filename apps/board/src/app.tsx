import { Suspense, lazy, useEffect, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { useApiKey } from './api/api-key';
import { NowPage } from './now/now-page';
import { Boundary } from './shell/boundary';
import { FailedPage } from './shell/failed-page';
import { Header } from './shell/header';
import { UnknownKey } from './shell/unknown-key';
import { Word } from './shell/word';
import { useShortcuts } from './shell/use-shortcuts';
import { OpenContext } from './shell/open-context';
import type { Opened } from './shell/opened';
import styles from './app.module.css';

/** What is typed right after its key is not lost: it is there before anybody asks for it. */
const LOADED_AHEAD_MS = 1000;
const loadFinder = () => import('./shell/finder');
const Finder = lazy(loadFinder);
const KeysDialog = lazy(() => import('./shell/keys-dialog'));
const SchedulePage = lazy(() => import('./schedule/schedule-page'));
const SessionPage = lazy(() => import('./session/session-page'));
const HowPage = lazy(() => import('./how/how-page'));
const NotFound = lazy(() => import('./shell/not-found'));
const OpsPage = lazy(() => import('./ops/ops-page'));

/** The frame of all pages, and which one is shown. */
export function App() {
  const [opened, open] = useState<Opened>(null);
  const [path] = useLocation();
  const key = useApiKey();
  useShortcuts(open);
  useEffect(() => {
    const timer = setTimeout(() => void loadFinder().catch(() => undefined), LOADED_AHEAD_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <OpenContext value={open}>
      <a className={styles.skip} href="#main">
        Skip to the page
      </a>
      <Header open={open} />
      <main id="main" tabIndex={-1} className={styles.main}>
        {/* With another key each page begins anew: it holds nothing that was told to the key before. */}
        <Boundary key={`${path} ${key}`} instead={<FailedPage />}>
          <Suspense fallback={<p className={styles.coming} aria-busy="true" />}>
            <Switch>
              <Route path="/" component={NowPage} />
              <Route path="/schedule" component={SchedulePage} />
              <Route path="/s/:id">{({ id }) => <SessionPage key={id} id={id} />}</Route>
              <Route path="/how" component={HowPage} />
              <Route path="/ops" component={OpsPage} />
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </Boundary>
      </main>
      <UnknownKey />
      <Boundary key={opened} instead={<Word>This could not be loaded. Load the page again to open it.</Word>}>
        <Suspense>
          {opened === 'finder' && <Finder close={() => open(null)} />}
          {opened === 'keys' && <KeysDialog close={() => open(null)} />}
        </Suspense>
      </Boundary>
    </OpenContext>
  );
}
