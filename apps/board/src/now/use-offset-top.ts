import { type RefObject, useLayoutEffect, useState } from 'react';

/** How far an element begins below the top of the document; measured again when the document's size changes. */
export function useOffsetTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () =>
      element.current && setTop(Math.round(element.current.getBoundingClientRect().top + window.scrollY));
    const observer = new ResizeObserver(look);
    observer.observe(document.documentElement);
    look();
    return () => observer.disconnect();
  }, [element]);
  return top;
}
