// The part of the page that shows the picture, with everything that lies on top of it.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../interface/text.ts';
import { picture, pictureSize } from '../picture/picture.ts';
import { drawOn } from './drawing.ts';
import { listenToGestures } from './gestures.ts';
import { PointHandles } from './points.tsx';
import { PictureFrame, SelectionFrame } from './frames.tsx';
import { SplitHandle } from './split.tsx';
import { holdingSpace, tool } from './tools.ts';
import { screen, view } from './view.ts';

export function Viewport(): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!element.current || !canvas.current) return;
    const stops = [watchSize(canvas.current), drawOn(canvas.current), listenToGestures(element.current)];
    return () => stops.forEach((stop) => stop());
  }, []);
  const grabbing = tool.value === 'hand' || holdingSpace.value;
  return (
    <div
      ref={element}
      class={`viewport ${grabbing ? 'viewport-hand' : 'viewport-select'}`}
      tabIndex={0}
      role="group"
      aria-label="Picture. The arrow keys move it, plus and minus zoom."
      data-testid="viewport"
    >
      <Canvas reference={canvas} />
      <PictureFrame />
      <SelectionFrame />
      <SplitHandle />
      <PointHandles />
    </div>
  );
}

function Canvas({ reference }: { reference: { current: HTMLCanvasElement | null } }): JSX.Element {
  const size = pictureSize.value;
  const name = size
    ? `${picture.value?.name}, ${count(size.width)} by ${count(size.height)} pixels, at ${Math.round(view.value.zoom * 100)} percent`
    : 'No picture yet';
  return <canvas ref={reference} class="canvas" role="img" aria-label={name} data-testid="canvas" />;
}

/** Keeps `screen` at the canvas's size in device pixels. */
function watchSize(canvas: HTMLCanvasElement): () => void {
  const update = (width: number, height: number) => {
    const now = { width, height, ratio: window.devicePixelRatio || 1 };
    const before = screen.value;
    if (before.width !== now.width || before.height !== now.height || before.ratio !== now.ratio) screen.value = now;
  };
  const observer = new ResizeObserver(([entry]) => {
    const box = entry?.contentBoxSize[0];
    if (!box) return;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(box.inlineSize * ratio), Math.round(box.blockSize * ratio)];
    // The exact size avoids a blur where the canvas begins between two device pixels. Emulated screens report nonsense.
    const exact = entry?.devicePixelContentBoxSize?.[0];
    const plausible = exact && Math.abs(exact.inlineSize - width) <= 1 && Math.abs(exact.blockSize - height) <= 1;
    update(plausible ? exact.inlineSize : width, plausible ? exact.blockSize : height);
  });
  try {
    observer.observe(canvas, { box: 'device-pixel-content-box' });
  } catch {
    observer.observe(canvas);
  }
  return () => observer.disconnect();
}
