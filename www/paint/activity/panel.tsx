// The kernel's figures, small: a line in the status bar, and a part of the panel that folds out.

import type { JSX } from 'preact';
import { budgetText, incidents, showAgain } from '../incidents/incident.ts';
import { Button } from '../interface/button.tsx';
import { Facts } from '../interface/facts.tsx';
import { activityOpen } from '../interface/layout.ts';
import { bytes, count, duration, several } from '../interface/text.ts';
import { asSentence } from '../filters/failure.ts';
import type { KernelEvent } from '../kernel.ts';
import { letIn, quarantined } from '../supervision/policy.ts';
import { activity, ended, happened } from './activity.ts';

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
      <Quarantined />
      <Incidents />
      <Events />
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
      {processes.map(({ id, name, usage: { memory, handles, time } }) => (
        <li key={id}>
          <span class="lamp lamp-on" />
          <span class="process-name">{name}</span>
          {time.used >= 1 && (
            <span class="faint figure" title="Time that it has run">
              {duration(time.used)}
            </span>
          )}
          <Used {...memory} text={bytes(memory.used)} title={`Memory: ${bytes(memory.used)} of ${bytes(memory.limit)}`} />
          <Used {...handles} text={several(handles.used, 'handle')} title={`Handles: ${count(handles.used)} of ${count(handles.limit)}`} />
        </li>
      ))}
    </ul>
  );
}

/** A figure with a line that shows how much of the limit it is. */
function Used({ used, limit, text, title }: { used: number; limit: number; text: string; title: string }): JSX.Element {
  const share = limit > 0 ? Math.min(1, used / limit) : 0;
  return (
    <span class="usage faint figure" title={title}>
      {text}
      <span class="usage-line" aria-hidden="true">
        <span class={share > 0.85 ? 'usage-full' : ''} style={{ transform: `scaleX(${share})` }} />
      </span>
    </span>
  );
}

/** The plugins that are not let in, each with the way back. */
function Quarantined(): JSX.Element | null {
  const list = quarantined.value;
  if (list.length === 0) return null;
  return (
    <>
      <h3 class="activity-heading">In quarantine</h3>
      <ul class="processes" data-testid="quarantine">
        {list.map(({ sha256, name, reason }) => (
          <li key={sha256} title={`${asSentence(reason)} SHA-256 ${sha256}`}>
            <span class="lamp lamp-stopped" />
            <span class="process-name">{name}</span>
            <Button kind="quiet" test={`let-in-${sha256.slice(0, 8)}`} onClick={() => void letIn(sha256)}>
              Let in again
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

const shownEvents = 20;

/** What an event is called in the list. */
const eventNames: Readonly<Record<string, string>> = {
  trapped: 'broke down',
  overflow: 'used up the stack',
  exhausted: 'used up its memory',
  failed: 'failed at a call',
  deadline: 'took too long',
  fuel: 'used up its fuel',
  refused: 'was refused',
  'given-up': 'was given up',
  quarantined: 'went into quarantine',
  lifted: 'is let in again',
  quota: 'wanted more than its quota',
  respawned: 'runs again',
  replaced: 'was replaced',
  'host-failure': 'met a mistake of the page',
};

/** What the kernel recorded: who did what, where, with which budget. */
function Events(): JSX.Element | null {
  const list = happened.value;
  if (list.length === 0) return null;
  return (
    <>
      <h3 class="activity-heading">What happened</h3>
      <ul class="events" data-testid="events">
        {list.slice(0, shownEvents).map((event) => (
          <li key={event.number} data-what={event.what}>
            <details>
              <summary>
                <time class="faint figure" dateTime={new Date(event.time).toISOString()}>
                  {new Date(event.time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })}
                </time>
                <span class="event-text">
                  <bdi>{event.process?.name ?? 'A plugin'}</bdi> <span class="faint">{eventNames[event.what] ?? event.what}</span>
                </span>
                {event.count > 1 && <span class="badge">{count(event.count)}×</span>}
              </summary>
              <EventDetails event={event} />
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}

function EventDetails({ event }: { event: KernelEvent }): JSX.Element {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['In', event.function],
    ['Import', event.import],
    ['Budget', event.budget && budgetText(event.budget)],
    ['Reason', event.code],
    ['SHA-256', event.process?.sha256],
  ];
  return (
    <div class="event-details">
      <p>{asSentence(event.message)}</p>
      <Facts facts={facts} />
    </div>
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
            <button type="button" class="exit" onClick={() => showAgain(incident)}>
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
