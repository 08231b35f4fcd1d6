// The sheet of keyboard shortcuts.

import type { JSX } from 'preact';
import { Dialog } from '../interface/dialog.tsx';
import { fixedCommands, openDialog } from './commands.ts';
import { shown } from './keys.ts';

/** What the keyboard and mouse do beside the commands. */
const gestures: readonly (readonly [what: string, how: readonly string[]])[] = [
  ['Move the picture', ['Drag', 'Space + drag', 'Arrow keys']],
  ['Zoom to the pointer', ['Wheel', 'Pinch']],
  ['Between fitting and 100 %', ['Double-click']],
  ['Show the state before, while held', ['\\']],
  ['Open a picture or add a plugin', ['Drop it', `${shown('Mod+V')}`]],
];

export function Help(): JSX.Element | null {
  if (openDialog.value !== 'help') return null;
  const withKeys = fixedCommands().filter(({ keys }) => keys);
  const groups = [...new Set(withKeys.map(({ group }) => group))];
  return (
    <Dialog title="Keyboard shortcuts" class="help" test="help" onClose={() => (openDialog.value = undefined)}>
      <div class="help-columns">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {withKeys
                .filter((candidate) => candidate.group === group)
                .map(({ id, title, keys = [] }) => (
                  <div key={id}>
                    <dt>{title.replace('…', '')}</dt>
                    <dd>
                      {keys.map((key) => (
                        <kbd key={key}>{shown(key)}</kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Picture</h3>
          <dl>
            {gestures.map(([what, how]) => (
              <div key={what}>
                <dt>{what}</dt>
                <dd>
                  {how.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
