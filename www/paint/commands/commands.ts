// Everything that a person can do, each thing once: the buttons, the palette and the keyboard all refer to this list.

import { signal } from '@preact/signals';
import { announce, tellError } from '../interface/announce.ts';
import type { IconName } from '../interface/icons.tsx';
import { theme, toggleTheme } from '../interface/theme.ts';
import { apply, cancel, openFilter } from '../filters/apply.ts';
import { filters } from '../filters/library.ts';
import { busy, session } from '../filters/session.ts';
import { openSample, samples } from '../picture/open.ts';
import { historyState, picture, pictureChanged, pictureSize, selection } from '../picture/picture.ts';
import { copyPicture, savePicture } from '../picture/save.ts';
import { chooseFiles } from '../plugins/intake.ts';
import { tool } from '../viewport/tools.ts';
import { fit, showingBefore, split, zoomStep, zoomTo } from '../viewport/view.ts';

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly icon?: IconName;
  /** Shortcuts; the first is the one that is shown. */
  readonly keys?: readonly string[];
  readonly enabled?: () => boolean;
  readonly run: () => void;
}

/** The dialog that is open: the palette, the sheet of shortcuts, or none. */
export const openDialog = signal<'palette' | 'help' | undefined>(undefined);

const pictureTypes = 'image/*';
const hasPicture = () => picture.value !== undefined;
const free = () => hasPicture() && !busy.value;

/** Runs something that may fail; a failure becomes a note. */
export function attempt(task: () => unknown): void {
  try {
    Promise.resolve(task()).catch(tellError);
  } catch (error) {
    tellError(error);
  }
}

/** Goes to a place in the history. */
export function goTo(position: number): void {
  if (!free()) return;
  attempt(() => {
    picture.value?.engine.goTo(position);
    pictureChanged();
  });
}

/** Turns on the line between before and after, in the middle, if there is something to compare. */
export function toggleSplit(): void {
  attempt(() => {
    if (split.value !== undefined) {
      split.value = undefined;
      return;
    }
    if (!picture.value?.engine.canCompare()) {
      throw new Error('The picture had another shape when it was opened, so there is nothing to compare it with side by side.');
    }
    split.value = 0.5;
    announce('Before is on the left, after on the right.');
  });
}

/** Goes back to 100 %: a pixel of the picture for a pixel of the screen. */
export function showAtFullSize(): void {
  zoomTo(1);
}

function transform(label: string, how: 'left' | 'right' | 'horizontal' | 'vertical'): void {
  attempt(() => {
    picture.value?.engine.transform(label, how);
    pictureChanged();
    announce(`${label}: done.`);
  });
}

function crop(): void {
  const rect = selection.value;
  if (!rect) return;
  attempt(() => {
    picture.value?.engine.crop('Crop', rect.x, rect.y, rect.width, rect.height);
    pictureChanged();
    announce(`Cropped to ${rect.width} by ${rect.height} pixels.`);
  });
}

const fixed: readonly Command[] = [
  { id: 'open', title: 'Open a picture…', group: 'File', icon: 'open', keys: ['Mod+O'], run: () => chooseFiles(pictureTypes) },
  {
    id: 'save',
    title: 'Save as PNG',
    group: 'File',
    icon: 'save',
    keys: ['Mod+S'],
    enabled: free,
    run: () => attempt(savePicture),
  },
  {
    id: 'copy',
    title: 'Copy the picture',
    group: 'File',
    icon: 'copy',
    keys: ['Mod+C'],
    enabled: free,
    run: () => attempt(copyPicture),
  },
  { id: 'add-plugin', title: 'Add a plugin…', group: 'File', icon: 'plug', run: () => chooseFiles('.wasm,application/wasm') },
  ...samples.map((sample): Command => ({
    id: `sample-${sample.file}`,
    title: `Open sample: ${sample.name}`,
    group: 'File',
    icon: 'picture',
    run: () => attempt(() => openSample(sample)),
  })),
  {
    id: 'undo',
    title: 'Undo',
    group: 'Edit',
    icon: 'undo',
    keys: ['Mod+Z'],
    enabled: () => free() && historyState.value.position > 0,
    run: () => goTo(historyState.value.position - 1),
  },
  {
    id: 'redo',
    title: 'Redo',
    group: 'Edit',
    icon: 'redo',
    keys: ['Mod+Shift+Z', 'Mod+Y'],
    enabled: () => free() && historyState.value.position < historyState.value.steps.length,
    run: () => goTo(historyState.value.position + 1),
  },
  {
    id: 'select-all',
    title: 'Select everything',
    group: 'Edit',
    icon: 'select',
    keys: ['Mod+A'],
    enabled: free,
    run: () => (selection.value = pictureSize.value && { x: 0, y: 0, ...pictureSize.value }),
  },
  {
    id: 'deselect',
    title: 'Select nothing',
    group: 'Edit',
    keys: ['Mod+D'],
    enabled: () => free() && selection.value !== undefined,
    run: () => (selection.value = undefined),
  },
  {
    id: 'crop',
    title: 'Crop to the selection',
    group: 'Edit',
    icon: 'crop',
    enabled: () => free() && selection.value !== undefined,
    run: crop,
  },
  {
    id: 'turn-left',
    title: 'Turn left',
    group: 'Edit',
    icon: 'turnLeft',
    keys: ['['],
    enabled: free,
    run: () => transform('Turn left', 'left'),
  },
  {
    id: 'turn-right',
    title: 'Turn right',
    group: 'Edit',
    icon: 'turnRight',
    keys: [']'],
    enabled: free,
    run: () => transform('Turn right', 'right'),
  },
  {
    id: 'mirror-horizontally',
    title: 'Mirror left and right',
    group: 'Edit',
    icon: 'mirror',
    enabled: free,
    run: () => transform('Mirror left and right', 'horizontal'),
  },
  {
    id: 'mirror-vertically',
    title: 'Mirror top and bottom',
    group: 'Edit',
    icon: 'mirror',
    enabled: free,
    run: () => transform('Mirror top and bottom', 'vertical'),
  },
  { id: 'zoom-in', title: 'Zoom in', group: 'View', icon: 'plus', keys: ['+', '='], enabled: hasPicture, run: () => zoomStep(1) },
  { id: 'zoom-out', title: 'Zoom out', group: 'View', icon: 'minus', keys: ['-'], enabled: hasPicture, run: () => zoomStep(-1) },
  { id: 'fit', title: 'Fit into the window', group: 'View', icon: 'fit', keys: ['0'], enabled: hasPicture, run: fit },
  { id: 'full-size', title: 'Show at 100 %', group: 'View', keys: ['1'], enabled: hasPicture, run: showAtFullSize },
  {
    id: 'split',
    title: 'Compare before and after',
    group: 'View',
    icon: 'split',
    keys: ['S'],
    enabled: hasPicture,
    run: toggleSplit,
  },
  { id: 'hand', title: 'Hand: drag to move', group: 'View', icon: 'hand', keys: ['H'], run: () => (tool.value = 'hand') },
  { id: 'select', title: 'Select a rectangle', group: 'View', icon: 'select', keys: ['M'], run: () => (tool.value = 'select') },
  {
    id: 'theme',
    title: 'Switch between light and dark',
    group: 'View',
    icon: 'sun',
    run: () => {
      toggleTheme();
      announce(`The page is ${theme.value}.`);
    },
  },
  {
    id: 'palette',
    title: 'Search all commands and filters',
    group: 'Help',
    icon: 'command',
    keys: ['Mod+K'],
    run: () => (openDialog.value = 'palette'),
  },
  {
    id: 'help',
    title: 'Keyboard shortcuts',
    group: 'Help',
    icon: 'keyboard',
    keys: ['?'],
    run: () => (openDialog.value = 'help'),
  },
  {
    id: 'apply',
    title: 'Apply the open filter',
    group: 'Filter',
    icon: 'check',
    keys: ['Enter'],
    enabled: () => session.value !== undefined && !busy.value,
    run: () => void apply(),
  },
  {
    id: 'cancel',
    title: 'Cancel the open filter',
    group: 'Filter',
    icon: 'close',
    keys: ['Escape'],
    enabled: () => session.value !== undefined,
    run: cancel,
  },
];

const byId = new Map(fixed.map((command) => [command.id, command]));

/** One of the commands that are always there. */
export function command(id: string): Command {
  const found = byId.get(id);
  if (!found) throw new Error(`There is no command “${id}”.`);
  return found;
}

export function isEnabled(candidate: Command): boolean {
  return candidate.enabled?.() ?? true;
}

/** The commands that are always there. */
export function fixedCommands(): readonly Command[] {
  return fixed;
}

/** All commands, a filter each included. */
export function allCommands(): readonly Command[] {
  return [
    ...filters.value.map((filter): Command => ({
      id: `filter-${filter.key}`,
      title: filter.name,
      group: filter.declaration.group,
      icon: 'sliders',
      enabled: free,
      run: () => openFilter(filter),
    })),
    ...fixed,
  ];
}

/** Shows the state before while something is held. */
export function holdBefore(held: boolean): void {
  showingBefore.value = held && hasPicture();
}
