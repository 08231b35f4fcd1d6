// The bar at the top: files, undo, search, help.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { attempt, command, isEnabled } from '../commands/commands.ts';
import { shown } from '../commands/keys.ts';
import { openSample, samples } from '../picture/open.ts';
import { picture } from '../picture/picture.ts';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import { theme } from './theme.ts';

export function TopBar(): JSX.Element {
  return (
    <header class="top-bar">
      <h1 class="brand">
        <Icon name="gate" size={20} />
        <span>
          Portcullis <span class="brand-light">Paint</span>
        </span>
      </h1>
      <div class="bar-group">
        <CommandButton id="open" text="Open" />
        <Samples />
        <CommandButton id="save" text="Save" />
        <CommandButton id="copy" />
      </div>
      <div class="bar-group">
        <CommandButton id="undo" />
        <CommandButton id="redo" />
      </div>
      <p class="bar-title" data-testid="picture-name">
        {picture.value?.name}
      </p>
      <div class="bar-group bar-end">
        <button
          type="button"
          class="search-button"
          onClick={command('palette').run}
          data-testid="command-palette"
          aria-label="Search all commands and filters"
        >
          <Icon name="search" />
          <span>Search</span>
          <kbd>{shown('Mod+K')}</kbd>
        </button>
        <CommandButton id="theme" icon={theme.value === 'dark' ? 'sun' : 'moon'} />
        <CommandButton id="help" icon="help" />
      </div>
    </header>
  );
}

/** A button for one of the commands; with an icon only, unless it has a text. */
export function CommandButton({
  id,
  text,
  icon,
  pressed,
}: {
  id: string;
  text?: string;
  icon?: Parameters<typeof Icon>[0]['name'];
  pressed?: boolean;
}): JSX.Element {
  const one = command(id);
  const { title, keys } = one;
  const drawn = icon ?? one.icon;
  return (
    <Button
      kind="quiet"
      label={title.replace('…', '')}
      shortcut={keys?.[0] && shown(keys[0])}
      disabled={!isEnabled(one)}
      test={`button-${id}`}
      class={`button-${id}`}
      onClick={one.run}
      {...(drawn ? { icon: drawn } : {})}
      {...(pressed === undefined ? {} : { pressed })}
    >
      {text}
    </Button>
  );
}

/** The menu of sample photographs. */
function Samples(): JSX.Element {
  const [open, setOpen] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    menu.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    const close = (event: Event) => {
      if (!(event.target instanceof Node) || !menu.current?.contains(event.target)) setOpen(false);
    };
    addEventListener('pointerdown', close);
    return () => removeEventListener('pointerdown', close);
  }, [open]);
  const keys = (event: KeyboardEvent) => {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
    const index = items.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'ArrowDown') items[(index + 1) % items.length]?.focus();
    else if (event.key === 'ArrowUp') items.at(index - 1)?.focus();
    else if (event.key === 'Escape' && open) {
      setOpen(false);
      menu.current?.querySelector('button')?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="menu" ref={menu} onKeyDown={keys}>
      <button
        type="button"
        class="button button-quiet"
        aria-label="Sample photographs"
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid="samples"
        onClick={() => setOpen(!open)}
      >
        <Icon name="picture" class="only-small" />
        <span class="button-text">Samples</span>
        <Icon name="down" size={12} />
      </button>
      {open && (
        <div class="menu-list" role="menu" aria-label="Sample photographs">
          {samples.map((sample) => (
            <button
              key={sample.file}
              type="button"
              role="menuitem"
              class="menu-item"
              data-testid={`sample-${sample.file}`}
              onClick={() => {
                setOpen(false);
                attempt(() => openSample(sample));
              }}
            >
              <img src={sample.url} alt="" width={44} height={44} loading="lazy" />
              <span>
                {sample.name}
                <small>{sample.note}</small>
              </span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
