// The edge of the picture and the edge of the selection.

import type { JSX } from 'preact';
import type { Rect } from '../picture/engine.ts';
import { pictureSize, selection } from '../picture/picture.ts';
import { screen, toScreen } from './view.ts';

/** A thin line and a shadow around the picture. */
export function PictureFrame(): JSX.Element | null {
  const size = pictureSize.value;
  if (!size) return null;
  return <div class="picture-frame" style={box({ x: 0, y: 0, ...size })} />;
}

/** Moving dashes around the selection, and its size. */
export function SelectionFrame(): JSX.Element | null {
  const rect = selection.value;
  if (!rect) return null;
  return (
    <div class="selection-frame" style={box(rect)} data-testid="selection">
      <span class="selection-size">
        {rect.width} × {rect.height}
      </span>
    </div>
  );
}

/** Where a rectangle of the document is, in CSS pixels of the viewport. */
function box(rect: Rect): { transform: string; width: string; height: string } {
  const { ratio } = screen.value;
  const from = toScreen(rect.x, rect.y);
  const to = toScreen(rect.x + rect.width, rect.y + rect.height);
  return {
    transform: `translate(${from.x / ratio}px, ${from.y / ratio}px)`,
    width: `${(to.x - from.x) / ratio}px`,
    height: `${(to.y - from.y) / ratio}px`,
  };
}
