// The bar at the bottom: what is open, what is under the pointer, what it takes.

import type { JSX } from 'preact';
import { picture, pictureSize, selection } from '../picture/picture.ts';
import { underPointer } from '../viewport/pointer.ts';
import { hex } from './text.ts';
import { KernelSummary } from '../activity/panel.tsx';

export function StatusBar(): JSX.Element {
  const size = pictureSize.value;
  const selected = selection.value;
  return (
    <footer class="status-bar" data-testid="status">
      {size && (
        <span data-testid="picture-size">
          {size.width} × {size.height} <span class="faint">{picture.value?.format}</span>
        </span>
      )}
      {selected && (
        <span>
          <span class="faint">Selected</span> {selected.width} × {selected.height}
        </span>
      )}
      <UnderPointer />
      <span class="status-space" />
      <KernelSummary />
    </footer>
  );
}

function UnderPointer(): JSX.Element | null {
  const under = underPointer.value;
  if (!under) return null;
  const { x, y, pixel } = under;
  const [red = 0, green = 0, blue = 0, alpha = 255] = pixel;
  return (
    <span class="under-pointer" data-testid="under-pointer">
      <span class="swatch" style={{ background: hex(pixel) }} />
      <span class="figure">
        {x}, {y}
      </span>
      <span class="figure">{hex([red, green, blue, 255])}</span>
      <span class="figure faint">
        {red} {green} {blue}
        {alpha < 255 ? ` · ${alpha}` : ''}
      </span>
    </span>
  );
}
