// Key presses become commands.

import { incidents, dismissIncident, shownIncident } from '../incidents/incident.ts';
import { session } from '../filters/session.ts';
import { holdingSpace } from '../viewport/tools.ts';
import { fixedCommands, holdBefore, isEnabled, openDialog } from './commands.ts';
import { matches } from './keys.ts';

const textTypes = new Set(['text', 'search', 'number', 'url', 'email', 'password']);

/** Listens for the whole page, until the returned function is called. */
export function listenToKeyboard(): () => void {
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener('keydown', pressed, { signal });
  addEventListener('keyup', released, { signal });
  addEventListener('blur', letGo, { signal });
  return () => listening.abort();
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  const inText = isTextField(target);

  if (event.key === 'Escape' && escapes(target)) {
    event.preventDefault();
    return;
  }
  if (event.key === ' ' && !inText && !target.closest('button, a, summary, select, input')) {
    holdingSpace.value = true;
    event.preventDefault();
    return;
  }
  if (event.key === '\\' && !inText) {
    holdBefore(true);
    event.preventDefault();
    return;
  }
  for (const command of fixedCommands()) {
    const keys = command.keys?.find((candidate) => matches(event, candidate));
    if (!keys) continue;
    if (belongsToTarget(keys, target, inText) || !isEnabled(command)) return;
    event.preventDefault();
    command.run();
    return;
  }
}

/** Escape first closes what lies on top. Returns whether it did. */
function escapes(target: HTMLElement): boolean {
  if (shownIncident.value && incidents.value.length > 0) {
    dismissIncident();
    return true;
  }
  if (openDialog.value) return false;
  // The search field clears itself first.
  if (target instanceof HTMLInputElement && target.type === 'search' && target.value !== '') return false;
  return session.value === undefined;
}

/** Whether a shortcut means something to the element that has the focus. */
function belongsToTarget(keys: string, target: HTMLElement, inText: boolean): boolean {
  if (keys === 'Enter') return target.closest('button, a, summary, select, textarea, [role="option"]') !== null;
  if (keys === 'Escape') return false;
  if (inText) return !keys.startsWith('Mod+') || /^Mod\+(Shift\+)?[ZYAC]$/.test(keys);
  if (keys === 'Mod+C') return String(getSelection()) !== '';
  // Plus and minus may be typed into nothing; digits choose in lists.
  return target instanceof HTMLSelectElement && !keys.startsWith('Mod+');
}

function released(event: KeyboardEvent): void {
  if (event.key === ' ') holdingSpace.value = false;
  if (event.key === '\\') holdBefore(false);
}

function letGo(): void {
  holdingSpace.value = false;
  holdBefore(false);
}

function isTextField(element: HTMLElement): boolean {
  if (element.isContentEditable || element instanceof HTMLTextAreaElement) return true;
  return element instanceof HTMLInputElement && textTypes.has(element.type);
}
