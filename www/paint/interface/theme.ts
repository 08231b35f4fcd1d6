// Light and dark: as the system says, until the person says otherwise.

import { computed, effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const key = 'portcullis-paint-theme';
const systemPrefersDark = matchMedia('(prefers-color-scheme: dark)');
const systemTheme = signal<Theme>(systemPrefersDark.matches ? 'dark' : 'light');
const chosenTheme = signal<Theme | undefined>(remembered());

export const theme = computed(() => chosenTheme.value ?? systemTheme.value);

systemPrefersDark.addEventListener('change', (event) => {
  systemTheme.value = event.matches ? 'dark' : 'light';
});

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
});

/** Goes to the other one; choosing what the system says follows the system again. */
export function toggleTheme(): void {
  const next: Theme = theme.value === 'dark' ? 'light' : 'dark';
  chosenTheme.value = next === systemTheme.value ? undefined : next;
  try {
    if (chosenTheme.value) localStorage.setItem(key, chosenTheme.value);
    else localStorage.removeItem(key);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

function remembered(): Theme | undefined {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    return undefined;
  }
}
