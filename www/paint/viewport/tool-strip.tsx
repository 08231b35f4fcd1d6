// The strip below the picture: tools, zoom, comparison.

import type { JSX } from 'preact';
import { CommandButton } from '../interface/top-bar.tsx';
import { picture, selection } from '../picture/picture.ts';
import { showAtFullSize } from '../commands/commands.ts';
import { tool } from './tools.ts';
import { fitting, split, view } from './view.ts';

export function ToolStrip(): JSX.Element {
  return (
    <div class="tool-strip" role="toolbar" aria-label="Tools and zoom">
      <CommandButton id="hand" pressed={tool.value === 'hand'} />
      <CommandButton id="select" pressed={tool.value === 'select'} />
      {selection.value && <CommandButton id="crop" />}
      <span class="strip-line" />
      <CommandButton id="zoom-out" />
      <button
        type="button"
        class="button button-quiet zoom-value"
        title="Show at 100 % (1)"
        aria-label={`Zoom ${percent(view.value.zoom)}; show at 100 %`}
        data-testid="zoom"
        disabled={!picture.value}
        onClick={showAtFullSize}
      >
        {percent(view.value.zoom)}
      </button>
      <CommandButton id="zoom-in" />
      <CommandButton id="fit" pressed={fitting.value} />
      <span class="strip-line" />
      <CommandButton id="split" pressed={split.value !== undefined} />
    </div>
  );
}

function percent(zoom: number): string {
  const value = zoom * 100;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}
