// The panel with the histogram.

import type { JSX } from 'preact';
import { underPointer } from '../viewport/pointer.ts';
import { histogram } from './histogram.ts';
import { ceiling, histogramPath } from './path.ts';

const width = 256;
const height = 88;

export function HistogramPanel(): JSX.Element {
  const counts = histogram.value;
  const pixel = underPointer.value?.pixel;
  const most = counts ? ceiling(counts.red, counts.green, counts.blue) : 1;
  return (
    <section class="panel-section histogram" aria-label="Histogram" data-testid="histogram">
      <svg
        class="histogram-drawing"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="How often each brightness occurs, in red, green and blue"
      >
        {counts && (
          <>
            <path class="histogram-red" d={histogramPath(counts.red, width, height, most)} />
            <path class="histogram-green" d={histogramPath(counts.green, width, height, most)} />
            <path class="histogram-blue" d={histogramPath(counts.blue, width, height, most)} />
          </>
        )}
        {pixel &&
          (['red', 'green', 'blue'] as const).map((channel, index) => (
            <path
              key={channel}
              class={`histogram-mark histogram-mark-${channel}`}
              d={`M${((pixel[index] ?? 0) / 255) * width} 0v${height}`}
            />
          ))}
      </svg>
    </section>
  );
}
