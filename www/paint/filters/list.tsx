// The list of filters, by group, with a field to search it.

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { command } from '../commands/commands.ts';
import { reportRefused } from '../incidents/incident.ts';
import { Button } from '../interface/button.tsx';
import { Icon } from '../interface/icons.tsx';
import { picture } from '../picture/picture.ts';
import { openFilter } from './apply.ts';
import type { Filter } from './filter.ts';
import { groups, removeFilter, search, unread, type Group, type RefusedPlugin } from './library.ts';
import { session } from './session.ts';
import { quarantined } from '../supervision/policy.ts';

export function FilterList(): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  return (
    <>
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          placeholder="Find a filter"
          aria-label="Find a filter"
          data-testid="filter-search"
          value={search.value}
          onInput={(event) => (search.value = event.currentTarget.value)}
          onKeyDown={(event) => {
            const first = list.current?.querySelector('button');
            if (event.key === 'Enter') first?.click();
            else if (event.key === 'ArrowDown') first?.focus();
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <div class="filter-list" ref={list} onKeyDown={moveFocus} data-testid="filter-list">
        {groups.value.map((group) => (
          <FilterGroup key={group.name} group={group} />
        ))}
        <Unread />
        {groups.value.length === 0 && unread.value === 0 && (
          <p class="empty">
            {search.value ? `No filter fits “${search.value}”.` : 'There are no filters here yet. Add a plugin to begin.'}
          </p>
        )}
      </div>
      <div class="panel-footer">
        <Button icon="plug" test="add-plugin" onClick={command('add-plugin').run}>
          Add plugin…
        </Button>
      </div>
    </>
  );
}

function FilterGroup({ group }: { group: Group }): JSX.Element {
  const id = `group-${group.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  const trouble = group.name === 'Trouble';
  return (
    <section data-group={group.name} class={`filter-group ${trouble ? 'filter-group-trouble' : ''}`} aria-labelledby={id}>
      <h3 id={id}>{group.name}</h3>
      {trouble && (
        <p class="filter-group-note">Plugins that misbehave on purpose. Each is stopped; your picture stays as it is.</p>
      )}
      <ul>
        {group.filters.map((filter) => (
          <FilterItem key={filter.key} filter={filter} />
        ))}
        {group.refused.map((plugin) => (
          <RefusedItem key={plugin.key} plugin={plugin} />
        ))}
      </ul>
    </section>
  );
}

/** Whether its bytes are not let in at present. */
const isQuarantined = (filter: Filter): boolean => quarantined.value.some(({ sha256 }) => sha256 === filter.description.sha256);

function FilterItem({ filter }: { filter: Filter }): JSX.Element {
  const current = session.value?.filter === filter;
  return (
    <li class="filter-item">
      <button
        type="button"
        class="filter-button"
        data-testid={`filter-${filter.declaration.id}`}
        data-filter={filter.key}
        title={filter.declaration.summary}
        aria-current={current}
        disabled={!picture.value}
        onPointerEnter={() => void filter.compiled().catch(() => {})}
        onFocus={() => void filter.compiled().catch(() => {})}
        onClick={() => openFilter(filter)}
      >
        <span>{filter.name}</span>
        {isQuarantined(filter) ? <span class="badge">quarantine</span> : filter.origin === 'added' && <span class="badge">added</span>}
      </button>
      {filter.origin === 'added' && (
        <Button kind="quiet" icon="close" label={`Remove ${filter.name}`} onClick={() => removeFilter(filter)} />
      )}
    </li>
  );
}

function RefusedItem({ plugin }: { plugin: RefusedPlugin }): JSX.Element {
  return (
    <li class="filter-item">
      <button
        type="button"
        class="filter-button"
        data-testid={`refused-${plugin.file}`}
        title={plugin.sentence}
        onClick={() => reportRefused(plugin.file, plugin.name, plugin.sentence, plugin.code)}
      >
        <span>{plugin.name}</span>
        <span class="badge">not let in</span>
      </button>
    </li>
  );
}

/** Lines where filters will be, as long as plugins are still being read. */
function Unread(): JSX.Element | null {
  if (unread.value === 0 || search.value) return null;
  return (
    <div class="skeleton" aria-label="Plugins are being read" role="status">
      {Array.from({ length: Math.min(unread.value ?? 12, 12) }, (_, index) => (
        <div key={index} class="skeleton-line" />
      ))}
    </div>
  );
}

/** The arrow keys go from filter to filter. */
function moveFocus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('.filter-button')];
  const index = buttons.indexOf(document.activeElement as HTMLButtonElement);
  if (index < 0) return;
  event.preventDefault();
  buttons[index + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}
