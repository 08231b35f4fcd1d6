// The list of undo steps. A click goes to any of them.

import type { JSX } from 'preact';
import { goTo } from '../commands/commands.ts';
import { busy } from '../filters/session.ts';
import { bytes, several } from '../interface/text.ts';
import { historyBudget, historyState, picture } from '../picture/picture.ts';

export function HistoryPanel(): JSX.Element {
  const { steps, position, forgotten, bytes: held } = historyState.value;
  const share = Math.min(1, held / historyBudget);
  return (
    <section class="panel-section history" aria-labelledby="history-title" data-testid="history">
      <header class="section-header">
        <h2 id="history-title">History</h2>
        <span
          class="section-note"
          title={`Undo steps hold ${bytes(held)} of at most ${bytes(historyBudget)}`}
          data-testid="history-memory"
        >
          {bytes(held)} of {bytes(historyBudget)}
        </span>
      </header>
      <div class="meter" aria-hidden="true">
        <div style={{ transform: `scaleX(${share})` }} />
      </div>
      <ol class="history-list">
        <Entry
          label={forgotten > 0 ? `${several(forgotten, 'older step')} forgotten` : `Opened ${picture.value?.name ?? ''}`}
          index={0}
          position={position}
        />
        {steps.map((step, index) => (
          <Entry key={index} label={step.label} note={bytes(step.bytes)} index={index + 1} position={position} />
        ))}
      </ol>
      {steps.length === 0 && <p class="empty">What you do to the picture is listed here. You can go back to any of it.</p>}
    </section>
  );
}

interface EntryProps {
  readonly label: string;
  readonly note?: string;
  readonly index: number;
  readonly position: number;
}

function Entry({ label, note, index, position }: EntryProps): JSX.Element {
  const undone = index > position;
  return (
    <li>
      <button
        type="button"
        class={`history-entry ${undone ? 'history-undone' : ''}`}
        aria-current={index === position ? 'step' : undefined}
        disabled={busy.value || !picture.value}
        data-testid={`history-${index}`}
        onClick={() => goTo(index)}
      >
        <span class="history-dot" />
        <span class="history-label">{label}</span>
        {note && <span class="history-note">{note}</span>}
      </button>
    </li>
  );
}
