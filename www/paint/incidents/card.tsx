// The card that tells the person, calmly, what a plugin did and that all is well.

import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { Button } from '../interface/button.tsx';
import { Facts } from '../interface/facts.tsx';
import { useFocusInside } from '../interface/focus.ts';
import { Icon } from '../interface/icons.tsx';
import { detailed, dismissIncident, shownIncident, tryAgain, type Incident } from './incident.ts';
import { WhatNext } from './next.tsx';

export function IncidentCard(): JSX.Element | null {
  const incident = shownIncident.value;
  return incident ? <Card key={incident.id} incident={incident} /> : null;
}

function Card({ incident }: { incident: Incident }): JSX.Element {
  const card = useRef<HTMLElement>(null);
  const { plugin, plain, sentence, lastWords, measures, picture } = incident;
  useFocusInside(card);
  return (
    <section
      ref={card}
      class="incident"
      role="alertdialog"
      aria-modal="false"
      aria-labelledby="incident-title"
      aria-describedby="incident-sentence incident-picture"
      tabIndex={-1}
      data-testid="incident"
      data-code={incident.code}
      data-plugin={plugin}
    >
      <header class="incident-header">
        <span class="incident-emblem">
          <Icon name="gate" size={22} />
        </span>
        <h2 id="incident-title">
          <bdi>{plugin}</bdi> was {incident.ran ? 'stopped' : 'not let in'}
        </h2>
        <Button kind="quiet" icon="close" label="Close" test="incident-close" onClick={dismissIncident} />
      </header>
      <div id="incident-sentence" class="incident-sentence">
        <p>{plain}</p>
        <p class="incident-exactly" data-testid="incident-sentence">
          <WithCode text={sentence} />
        </p>
      </div>
      {lastWords && (
        <figure class="last-words" data-testid="incident-last-words">
          <figcaption>Its last words</figcaption>
          <blockquote>{lastWords}</blockquote>
        </figure>
      )}
      <Where incident={incident} />
      {measures.map((measure) => (
        <p key={measure} class="incident-measure">
          <Icon name="shield" />
          <span>{measure}</span>
        </p>
      ))}
      <p id="incident-picture" class="incident-picture" data-testid="incident-picture">
        <Icon name="check" />
        <span>
          Your picture is untouched{picture?.compared ? ', checked bit by bit' : ''}. You can go on as if nothing had happened.
        </span>
      </p>
      <WhatNext incident={incident} />
      {detailed.value && <IncidentDetails incident={incident} />}
      <footer class="incident-footer">
        <Button
          test="incident-details"
          expanded={detailed.value}
          controls="incident-details"
          onClick={() => (detailed.value = !detailed.value)}
        >
          Details
        </Button>
        {incident.actions && (
          <Button test="incident-try-again" onClick={() => tryAgain(incident)}>
            Try again
          </Button>
        )}
        <Button kind="primary" test="incident-dismiss" onClick={dismissIncident}>
          Go on
        </Button>
      </footer>
    </section>
  );
}

/** In which function, at which import, with which budget: as far as that is known. */
function Where({ incident }: { incident: Incident }): JSX.Element | null {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['In', incident.function],
    ['When it called', incident.import],
    ['It had', incident.budget],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  // The sentence names the function already.
  if (known.every(([name]) => name === 'In')) return null;
  return (
    <dl class="incident-where" data-testid="incident-where">
      {known.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{name === 'It had' ? value : <code>{value}</code>}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A text in which names of code stand between backticks. */
function WithCode({ text }: { text: string }): JSX.Element {
  return <>{text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>;
}

function IncidentDetails({ incident }: { incident: Incident }): JSX.Element {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['File', incident.file],
    ['SHA-256', incident.sha256],
    ['Reason', incident.code],
    ['Picture', incident.picture && `CRC-32 ${incident.picture.checksum}`],
    ['Time', incident.time.toLocaleTimeString()],
  ];
  return <Facts facts={facts} id="incident-details" test="incident-facts" />;
}
