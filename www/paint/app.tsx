// The page: what is where.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ActivityPanel } from './activity/panel.tsx';
import { Help } from './commands/help.tsx';
import { listenToKeyboard } from './commands/keyboard.ts';
import { Palette } from './commands/palette.tsx';
import { FilterList } from './filters/list.tsx';
import { FilterPanel } from './filters/panel.tsx';
import { session } from './filters/session.ts';
import { HistogramPanel } from './histogram/panel.tsx';
import { HistoryPanel } from './history/panel.tsx';
import { IncidentCard } from './incidents/card.tsx';
import { sheet } from './interface/layout.ts';
import { LiveRegion, Notes } from './interface/notes.tsx';
import { SheetTabs } from './interface/sheet-tabs.tsx';
import { StatusBar } from './interface/status-bar.tsx';
import { TopBar } from './interface/top-bar.tsx';
import { Consent } from './plugins/consent.tsx';
import { DropHint, listenToDrops } from './plugins/drop.tsx';
import { fileField, takeFiles } from './plugins/intake.ts';
import { ToolStrip } from './viewport/tool-strip.tsx';
import { Viewport } from './viewport/viewport.tsx';

export function App(): JSX.Element {
  useEffect(() => {
    const stops = [listenToKeyboard(), listenToDrops()];
    return () => stops.forEach((stop) => stop());
  }, []);
  return (
    <div class="page" data-sheet={sheet.value ?? 'none'} data-filter-open={session.value !== undefined}>
      <TopBar />
      <aside class="panel panel-left" aria-label="Filters" data-sheet-part="filters">
        <FilterList />
      </aside>
      <main class="stage">
        <Viewport />
        <ToolStrip />
        <Notes />
        <IncidentCard />
        <DropHint />
      </main>
      <aside class="panel panel-right" aria-label="Adjustments, history and kernel">
        <HistogramPanel />
        <div class="panel-middle">
          <FilterPanel />
          <HistoryPanel />
        </div>
        <ActivityPanel />
      </aside>
      <StatusBar />
      <SheetTabs />
      <Palette />
      <Help />
      <Consent />
      <LiveRegion />
      <FileField />
    </div>
  );
}

/** The field behind "Open" and "Add plugin". */
function FileField(): JSX.Element {
  return (
    <input
      ref={fileField}
      class="visually-hidden"
      type="file"
      multiple
      tabIndex={-1}
      aria-label="Open a picture or add a plugin"
      data-testid="file-input"
      onChange={(event) => {
        const field = event.currentTarget;
        const files = [...(field.files ?? [])];
        // The same file can be chosen again.
        field.value = '';
        void takeFiles(files);
      }}
    />
  );
}
