// What happens to a stopped plugin next, as a line of the card. One that is tried again by itself counts down.

import type { JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { Icon } from '../interface/icons.tsx';
import { several } from '../interface/text.ts';
import { patience, type Next } from '../supervision/policy.ts';
import type { Incident } from './incident.ts';

const minute = 60_000;

export function WhatNext({ incident }: { incident: Incident }): JSX.Element | null {
  const { next, actions } = incident;
  if (!next) return null;
  return (
    <p class={`incident-next incident-next-${next.kind}`} data-testid="incident-next" data-next={next.kind}>
      <Icon name={next.kind === 'quarantine' ? 'no' : next.kind === 'restart' ? 'reset' : 'history'} />
      {next.kind === 'restart' && actions ? <Countdown after={next.after} act={actions.tryAgain} /> : <span>{sentence(next)}</span>}
    </p>
  );
}

function sentence(next: Next): string {
  switch (next.kind) {
    case 'restart':
      return 'It was tried again by itself.';
    case 'rest':
      return `It stays stopped until you try again or change a value. ${several(next.left, 'more stop')} within ${patience.within / minute === 1 ? 'a minute' : `${patience.within / minute} minutes`}, and it is put into quarantine.`;
    case 'quarantine':
      return `It is in quarantine since ${next.since.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}: these very bytes are not let in any more. “Try again” lets them in.`;
  }
}

/** Counts the seconds, then acts, once. */
function Countdown({ after, act }: { after: number; act(): void }): JSX.Element {
  const [left, setLeft] = useState(after);
  // What is closed must not act any more: the cleanup of an effect would run after painting.
  useLayoutEffect(() => {
    const end = performance.now() + after;
    const timer = setInterval(() => {
      const now = Math.max(0, end - performance.now());
      setLeft(now);
      if (now > 0) return;
      clearInterval(timer);
      act();
    }, 100);
    return () => clearInterval(timer);
  }, []);
  return (
    <span>
      {left > 0 ? (
        <>
          It may have had a bad moment: it is tried again in <b class="figure">{Math.ceil(left / 1000)} s</b>.
          <span class="countdown" style={{ '--left': left / after }} aria-hidden="true" />
        </>
      ) : (
        'It is being tried again…'
      )}
    </span>
  );
}
