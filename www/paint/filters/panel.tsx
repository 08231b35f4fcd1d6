// The panel of the filter that is open, built from its declaration.

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { shown } from '../commands/keys.ts';
import { Button } from '../interface/button.tsx';
import { useFocusInside } from '../interface/focus.ts';
import { Icon } from '../interface/icons.tsx';
import { Slider } from '../interface/slider.tsx';
import { bytes, decimal, duration } from '../interface/text.ts';
import { selection } from '../picture/picture.ts';
import { Control } from '../parameters/control.tsx';
import { apply, cancel } from './apply.ts';
import { takingLong } from './run.ts';
import { session, type Row, type Session } from './session.ts';
import { tileTime } from '../supervision/policy.ts';

export function FilterPanel(): JSX.Element | null {
  const open = session.value;
  return open ? <OpenFilter key={open.id} open={open} /> : null;
}

function OpenFilter({ open }: { open: Session }): JSX.Element {
  const { declaration, description } = open.filter;
  const form = useRef<HTMLFormElement>(null);
  useFocusInside(form, firstControl);
  const applying = open.state.value === 'applying';
  return (
    <form
      ref={form}
      class="filter-panel"
      tabIndex={-1}
      aria-labelledby="filter-panel-title"
      data-testid="filter-panel"
      data-filter={declaration.id}
      data-state={open.state.value}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void apply();
      }}
    >
      <header class="filter-header">
        <div class="filter-title">
          <h2 id="filter-panel-title">{declaration.name}</h2>
          <Button
            kind="quiet"
            icon="reset"
            label="Reset all values"
            test="reset-all"
            disabled={!open.changed.value || applying}
            onClick={() => open.reset()}
          />
        </div>
        <p class="filter-summary">{declaration.summary}</p>
        <Progress open={open} />
        <TakingLong />
      </header>
      <div class="filter-parameters">
        {open.refusal.value && (
          <p class="refusal" role="status" data-testid="refusal">
            <Icon name="warning" />
            <span>
              “{declaration.name}” says: {open.refusal.value}
            </span>
          </p>
        )}
        {declaration.parameters.map((parameter) => (
          <Control key={parameter.key} open={open} parameter={parameter} />
        ))}
        {declaration.parameters.length === 0 && !open.isAnalysis && <p class="empty">There is nothing to set.</p>}
        {open.report.value && <Report rows={open.report.value} />}
        {!open.isAnalysis && <Strength open={open} />}
        <p class="filter-facts">
          {status(open)}
          <br />
          {bytes(description.size)} plugin, no rights granted
        </p>
      </div>
      <footer class="filter-footer">
        <Button test="cancel" onClick={cancel}>
          {open.isAnalysis ? 'Close' : 'Cancel'}
        </Button>
        {!open.isAnalysis && (
          <Button kind="primary" submits test="apply" disabled={applying}>
            {applying ? `${Math.floor(open.progress.value * 100)} %` : `Apply ${shown('Enter')}`}
          </Button>
        )}
      </footer>
    </form>
  );
}

/** The first control, but no field for text: that would call up the keyboard of a phone. */
const firstControl = (form: HTMLElement): HTMLElement | null =>
  form.querySelector<HTMLElement>('.filter-parameters :is([type="range"], [type="checkbox"], select):not(:disabled)');

function Progress({ open }: { open: Session }): JSX.Element {
  const working = open.state.value === 'previewing' || open.state.value === 'applying';
  return (
    <div
      class={`progress ${working ? 'progress-working' : ''} ${open.state.value === 'applying' ? 'progress-applying' : ''}`}
      role="progressbar"
      aria-label={open.state.value === 'applying' ? 'Finished tiles of the picture' : 'Finished tiles of the preview'}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(open.progress.value * 100)}
      data-testid="progress"
    >
      <div style={{ transform: `scaleX(${open.progress.value})` }} />
    </div>
  );
}

/** A word about a filter that has been at one piece of the picture for long. The page goes on meanwhile. */
function TakingLong(): JSX.Element | null {
  if (!takingLong.value) return null;
  return (
    <p class="filter-slow" role="status" data-testid="taking-long">
      <span class="lamp lamp-on" />
      <span>Still at one piece of the picture. “Cancel” stops it at once; after {tileTime / 1000} s it is stopped by itself.</span>
    </p>
  );
}

/** How strongly the result replaces the picture: the page's own parameter, the same for all filters. */
function Strength({ open }: { open: Session }): JSX.Element {
  const percent = Math.round(open.strength.value * 100);
  return (
    <div class="parameter parameter-strength">
      <div class="parameter-line">
        <label class="parameter-label" for="strength">
          Strength{selection.value ? ', in the selection' : ''}
        </label>
        <output class="parameter-output">{percent} %</output>
      </div>
      <Slider
        id="strength"
        value={percent}
        from={0}
        to={100}
        step={1}
        origin={0}
        text={`${percent} percent`}
        disabled={open.state.value === 'applying'}
        onChange={(value) => open.setStrength(value / 100)}
        onReset={() => open.setStrength(1)}
      />
    </div>
  );
}

function Report({ rows }: { rows: readonly Row[] }): JSX.Element {
  const columns = [...new Set(rows.flatMap((row) => row.map(([name]) => name)))];
  return (
    <div class="report" data-testid="report" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column}>{row.find(([name]) => name === column)?.[1] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function status(open: Session): string {
  if (open.isAnalysis) return open.state.value === 'ready' ? 'The whole picture was looked at.' : 'Looking at the whole picture…';
  switch (open.state.value) {
    case 'applying':
      return 'Computing at full size…';
    case 'stopped':
      return 'Not running. Change a value to try again.';
    case 'previewing':
    case 'ready': {
      const scale = open.level.value === 0 ? 'Preview at full size' : `Preview at 1∕${2 ** open.level.value} size`;
      const pace = open.pace.value;
      return pace === undefined ? scale : `${scale}, ${pace < 1 ? `${decimal(pace, 1)} ms` : duration(pace)} a megapixel`;
    }
  }
}
