import { type FunctionComponent, type ReactNode, createContext, createElement, useContext } from 'react';
import type { Marquee } from '../marquee';

const Context = createContext<Marquee | undefined>(undefined);

export interface MarqueeProviderProps {
  /** One for the whole page, made outside of components; it connects when the first list is shown. */
  client: Marquee;
  children?: ReactNode;
}

/** Gives the components below it the client that their hooks ask. */
export const MarqueeProvider: FunctionComponent<MarqueeProviderProps> = ({ client, children }) =>
  createElement(Context.Provider, { value: client }, children);

/** The client of the `MarqueeProvider` above; without one it throws an Error. */
export function useMarquee(): Marquee {
  const client = useContext(Context);
  if (!client) throw new Error('there is no <MarqueeProvider client={…}> above this component');
  return client;
}
