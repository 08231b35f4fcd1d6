// Where the focus is while something is open, and afterwards.

import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/**
 * Moves the focus into an element that appears, to what `first` finds there, and back to where it was when the element goes,
 * unless it went elsewhere meanwhile.
 */
export function useFocusInside(
  element: RefObject<HTMLElement | null>,
  first: (inside: HTMLElement) => HTMLElement | null = (inside) => inside,
): void {
  // At once: what runs after painting would take the focus from where the person has put it by then.
  useLayoutEffect(() => {
    const inside = element.current;
    if (!inside) return;
    const before = document.activeElement;
    (first(inside) ?? inside).focus({ preventScroll: true });
    return () => {
      const now = document.activeElement;
      const moved = now !== null && now !== document.body && !inside.contains(now);
      if (!moved && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
}
