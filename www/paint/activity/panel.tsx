// The kernel's figures, small: a line in the status bar, and a part of the panel that folds out.

import type { JSX } from 'preact';
import { incidents, shownIncident } from '../incidents/incident.ts';
import { Button } from '../interface/button.tsx';
import { activityOpen } from '../interface/layout.ts';
import { bytes, count, several } from '../interface/text.ts';
import { activity, ended } from './activity.ts';

const mostIncidents = 5;

export function ActivityPanel(): JSX.Element {
  return (
    <section
      id="activity"
      class={`panel-section activity ${activityOpen.value ? 'activity-open' : ''}`}
      aria-labelledby="activity-title"
      data-testid="activity"
    >
      <header class="section-header">
        <h2 id="activity-title">Kernel</h2>
        <Button kind="quiet" icon="close" label="Close" test="activity-close" onClick={() => (activityOpen.value = false)} />
      </header>
      <Figures />
      <Processes />
      <Incidents />
    </section>
  );
}

/** One line for the status bar. */
export function KernelSummary(): JSX.Element {
  const running = activity.value?.processes.length ?? 0;
  return (
    <button
      type="button"
      class="status-button"
      title="What the kernel is doing"
      aria-label={`Kernel: ${summary()}`}
      aria-expanded={activityOpen.value}
      aria-controls="activity"
      data-testid="kernel-summary"
      onClick={() => (activityOpen.value = !activityOpen.value)}
    >
      <span class={`lamp ${running > 0 ? 'lamp-on' : ''}`} />
      <span>Kernel</span> <span class="faint">{summary()}</span>
    </button>
  );
}

function summary(): string {
  const now = activity.value;
  if (!now) return 'starting';
  return now.processes.length === 0 ? 'idle' : `${several(now.processes.length, 'process', 'processes')}, ${bytes(now.memory)}`;
}

function Figures(): JSX.Element | null {
  const now = activity.value;
  if (!now) return null;
  const figures: readonly (readonly [string, string, string])[] = [
    ['Running', count(now.processes.length), 'Processes that are alive'],
    ['Ended', count(ended.value), 'Processes that have ended since the page was opened'],
    ['Memory', bytes(now.memory), 'Memory of all processes'],
    ['Handles', count(now.handles), 'Capabilities that all processes hold'],
    ['Kernel', bytes(now.kernelMemory), 'Memory of the kernel itself'],
    ['Picture', bytes(now.engineMemory), 'Memory of the picture with its history and previews'],
  ];
  return (
    <dl class="figures">
      {figures.map(([name, value, title]) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Processes(): JSX.Element | null {
  const processes = activity.value?.processes ?? [];
  if (processes.length === 0) return <p class="empty">No plugin is running. A process lives as long as a filter is open.</p>;
  return (
    <ul class="processes">
      {processes.map(({ id, name, memory, handles }) => (
        <li key={id}>
          <span class="lamp lamp-on" />
          <span class="process-name">{name}</span>
          <span class="faint figure">{bytes(memory)}</span>
          <span class="faint figure">{several(handles, 'handle')}</span>
        </li>
      ))}
    </ul>
  );
}

function Incidents(): JSX.Element | null {
  const list = incidents.value;
  if (list.length === 0) return null;
  return (
    <>
      <h3 class="activity-heading">Stopped</h3>
      <ul class="processes">
        {list.slice(0, mostIncidents).map((incident) => (
          <li key={incident.id}>
            <button type="button" class="exit" onClick={() => (shownIncident.value = incident)}>
              <span class="lamp lamp-stopped" />
              <span class="process-name">{incident.plugin}</span>
              <span class="faint">{incident.code}</span>
              <span class="faint figure">{incident.time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
