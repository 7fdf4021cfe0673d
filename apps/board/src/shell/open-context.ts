import { createContext } from 'react';
import type { Opened } from './opened';

/** Opens what stands above all pages. */
export const OpenContext = createContext<(opened: Opened) => void>(() => undefined);
