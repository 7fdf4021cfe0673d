import { createContext, useContext } from 'react';
import type { Settings } from '../api/settings';

export const SettingsContext = createContext<Settings | undefined>(undefined);

/** Where the services are. */
export function useSettings(): Settings {
  const settings = useContext(SettingsContext);
  if (!settings) throw new Error('there is no <SettingsContext> above this component');
  return settings;
}
