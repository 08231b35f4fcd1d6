// The palette: search over all commands and filters.

import { useMemo, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { Dialog } from '../interface/dialog.tsx';
import { Icon } from '../interface/icons.tsx';
import { allCommands, isEnabled, openDialog, type Command } from './commands.ts';
import { shown } from './keys.ts';
import { rank } from './search.ts';

const mostResults = 60;

export function Palette(): JSX.Element | null {
  return openDialog.value === 'palette' ? <PaletteDialog /> : null;
}

function PaletteDialog(): JSX.Element {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const commands = allCommands().filter((candidate) => candidate.id !== 'palette' && isEnabled(candidate));
  const results = useMemo(
    () => rank(query, commands, ({ title, group }) => `${title} ${group}`).slice(0, mostResults),
    [query, commands.length],
  );
  const close = () => (openDialog.value = undefined);
  const choose = (chosen: Command | undefined) => {
    if (!chosen) return;
    close();
    chosen.run();
  };
  const go = (index: number) => {
    const next = Math.max(0, Math.min(results.length - 1, index));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => go(active + 1),
    ArrowUp: () => go(active - 1),
    Home: () => go(0),
    End: () => go(results.length - 1),
    Enter: () => choose(results[active]),
  };
  return (
    <Dialog title="All commands" class="palette" test="palette" bare onClose={close}>
      <label class="palette-search">
        <Icon name="search" />
        <input
          type="text"
          autofocus
          placeholder="Search commands and filters"
          role="combobox"
          aria-label="Search commands and filters"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={results[active] ? `palette-${active}` : ''}
          autocomplete="off"
          spellcheck={false}
          data-testid="palette-input"
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            const action = keys[event.key];
            if (!action) return;
            event.preventDefault();
            action();
          }}
        />
        <kbd>Esc</kbd>
      </label>
      <ul id="palette-list" class="palette-list" role="listbox" aria-label="Commands" ref={list}>
        {results.map((result, index) => (
          <li
            key={result.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === active}
            class="palette-item"
            data-testid={`command-${result.id}`}
            onPointerMove={() => setActive(index)}
            onClick={() => choose(result)}
          >
            <Icon name={result.icon ?? 'command'} />
            <span class="palette-title">{result.title}</span>
            <span class="palette-group">{result.group}</span>
            {result.keys?.[0] && <kbd>{shown(result.keys[0])}</kbd>}
          </li>
        ))}
      </ul>
      {results.length === 0 && <p class="palette-empty">Nothing is called “{query}”.</p>}
    </Dialog>
  );
}
