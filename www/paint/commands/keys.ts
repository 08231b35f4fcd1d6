// Keyboard shortcuts: how they are written, matched and shown.

/** Whether the platform's modifier is the command key. */
export const onApple = /mac|iphone|ipad/i.test(navigator.platform);

const names: Record<string, string> = onApple
  ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Escape: 'Esc', ArrowLeft: '←', ArrowRight: '→' }
  : { Mod: 'Ctrl', Enter: '↵', Escape: 'Esc', ArrowLeft: '←', ArrowRight: '→' };

/** A shortcut such as `Mod+Shift+Z` as the person knows it. */
export function shown(keys: string): string {
  return parts(keys)
    .map((key) => names[key] ?? key)
    .join(onApple ? '' : '+');
}

/** Whether a key press is a shortcut. Letters match whatever the shift key says, unless the shortcut names it. */
export function matches(event: KeyboardEvent, keys: string): boolean {
  const wanted = parts(keys);
  const key = wanted.at(-1) ?? '';
  const modifier = onApple ? event.metaKey : event.ctrlKey;
  const other = onApple ? event.ctrlKey : event.metaKey;
  if (other || event.altKey !== wanted.includes('Alt') || modifier !== wanted.includes('Mod')) return false;
  const letter = /^[A-Za-z]$/.test(key);
  // Signs such as ? and + need the shift key on some keyboards and not on others.
  if ((letter || key.length > 1) && event.shiftKey !== wanted.includes('Shift')) return false;
  return letter ? event.key.toLowerCase() === key.toLowerCase() : event.key === key;
}

function parts(keys: string): string[] {
  // The plus sign is a key, too.
  return keys.endsWith('++') ? [...keys.slice(0, -2).split('+'), '+'] : keys === '+' ? ['+'] : keys.split('+');
}
