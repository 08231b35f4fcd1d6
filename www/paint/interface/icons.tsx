// The page's icons: lines of 1.5 pixels on a grid of 16, in the colour of the text beside them.

import type { JSX } from 'preact';

const paths = {
  open: 'M1.75 12.5v-9h4l1.5 2h7v7z',
  save: 'M8 2v8m-3-3 3 3 3-3M2.5 12.5v1.25h11V12.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.25V2.5h-8v8h2.75',
  undo: 'M5.5 3 2.5 6l3 3M2.75 6H9.5a4 4 0 0 1 0 8H6',
  redo: 'm10.5 3 3 3-3 3M13.25 6H6.5a4 4 0 0 0 0 8H10',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  close: 'm4 4 8 8m0-8-8 8',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  chevron: 'm5.5 3.5 4.5 4.5-4.5 4.5',
  down: 'm3.5 6 4.5 4.5L12.5 6',
  split: 'M8 1.5v13M2.5 4h3.25v8H2.5zM10.25 4h3.25v8h-3.25z',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1.25m0 10.5v1.25M1.5 8h1.25m10.5 0h1.25M3.4 3.4l.9.9m7.4 7.4.9.9m0-9.2-.9.9m-7.4 7.4-.9.9',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  help: 'M5.75 6a2.25 2.25 0 1 1 3.3 2c-.7.35-1.05.8-1.05 1.5M8 12.25v.1',
  command:
    'M5.5 5.5h5v5h-5zM5.5 5.5H4A1.5 1.5 0 1 1 5.5 4zm5 0V4A1.5 1.5 0 1 1 12 5.5zm0 5H12A1.5 1.5 0 1 1 10.5 12zm-5 0V12A1.5 1.5 0 1 1 4 10.5z',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6m0 4v3.5H10M6 13.5H2.5V10',
  hand: 'M5 8.5V4a1 1 0 0 1 2 0m0 3.5V3a1 1 0 0 1 2 0v4.5M9 4a1 1 0 0 1 2 0v4m0-2a1 1 0 0 1 2 0v4a4 4 0 0 1-4 4H8.5c-1.5 0-2.5-.7-3.3-2L3 8.7c-.5-.9.7-1.7 1.4-.9L5 8.5',
  select: 'M2.5 5V2.5H5m2 0h2m2 0h2.5V5m0 2v2m0 2v2.5H11m-2 0H7m-2 0H2.5V11m0-2V7',
  crop: 'M4.5 1.5v10h10M1.5 4.5h10v10',
  turnRight: 'M13.5 2.5v3.25h-3.25M13.25 5.5A5.75 5.75 0 1 0 13.75 9',
  turnLeft: 'M2.5 2.5v3.25h3.25M2.75 5.5A5.75 5.75 0 1 1 2.25 9',
  mirror: 'M8 2v12M6 4.5 2 11.5h4zM10 4.5l4 7h-4z',
  dice: 'M2.5 2.5h11v11h-11zM5.5 5.5v.01M10.5 5.5v.01M8 8v.01M5.5 10.5v.01M10.5 10.5v.01',
  reset: 'M3 3v3.25h3.25M3.25 6A5.25 5.25 0 1 1 2.75 8.5',
  gate: 'M2.5 13.5V7a5.5 5.5 0 0 1 11 0v6.5M5.5 4v9.5M8 2v11.5M10.5 4v9.5M3 7h10M3 10.25h10',
  plug: 'M5.5 1.5v3m5-3v3M3.5 4.5h9V7a4.5 4.5 0 0 1-9 0zM8 11.5v3',
  warning: 'M8 2 1.75 13.25h12.5zM8 6.5v3m0 2v.01',
  shield: 'M8 1.75 13.25 3.5V8c0 3-2.1 5.2-5.25 6.25C4.85 13.2 2.75 11 2.75 8V3.5z',
  picture: 'M2 3h12v10H2zM2 11l3.5-3.5L8.5 10.5l2-2L14 12M10.5 6v.01',
  sliders: 'M2 4.5h6m4 0h2M2 11.5h2m4 0h6M10 3v3M6 10v3',
  history: 'M2.5 2.5v3h3M2.75 5.25A5.75 5.75 0 1 1 2.25 8.5M8 5v3.25l2.25 1.5',
  layers: 'm8 2 6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3',
  pulse: 'M1.5 8.5h3l2-5.5 3 10 2-4.5h3',
  bars: 'M2.5 13.5V9m3.7 4.5v-7m3.6 7V3m3.7 10.5V7',
  keyboard: 'M1.5 4h13v8.5h-13zM4 6.7v.01M6.7 6.7v.01M9.3 6.7v.01M12 6.7v.01M5 10h6',
  more: 'M3.5 8v.01M8 8v.01M12.5 8v.01',
  file: 'M3.5 1.75h5.5l3.5 3.5v9h-9zM9 1.75v3.5h3.5',
  no: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM3.8 3.8l8.4 8.4',
} as const;

export type IconName = keyof typeof paths;

/** One of the icons. It says nothing to a screen reader: name the button that it is in. */
export function Icon({ name, size = 16, class: className }: { name: IconName; size?: number; class?: string }): JSX.Element {
  return (
    <svg
      class={className ? `icon ${className}` : 'icon'}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  );
}
