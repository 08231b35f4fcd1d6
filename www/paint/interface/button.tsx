// Buttons.

import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icons.tsx';

interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly icon?: IconName;
  readonly label?: string;
  readonly shortcut?: string | undefined;
  readonly kind?: 'plain' | 'quiet' | 'primary';
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly test?: string;
  readonly class?: string;
  readonly submits?: boolean;
  readonly expanded?: boolean;
  readonly controls?: string;
  readonly autofocus?: boolean;
  onClick?(event: MouseEvent): void;
}

/** A button with a text, an icon or both. One with an icon only needs a label, which is its name and its tooltip. */
export function Button(props: ButtonProps): JSX.Element {
  const {
    children,
    icon,
    label,
    shortcut,
    kind = 'plain',
    pressed,
    disabled,
    test,
    submits,
    expanded,
    controls,
    autofocus,
  } = props;
  const title = label && (shortcut ? `${label} (${shortcut})` : label);
  const classes = ['button', `button-${kind}`, children ? '' : 'button-icon', props.class ?? ''].filter(Boolean).join(' ');
  return (
    <button
      type={submits ? 'submit' : 'button'}
      class={classes}
      {...(title ? { title } : {})}
      {...(label ? { 'aria-label': label } : {})}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      {...(expanded === undefined ? {} : { 'aria-expanded': expanded })}
      {...(controls ? { 'aria-controls': controls } : {})}
      {...(test ? { 'data-testid': test } : {})}
      {...(props.onClick ? { onClick: props.onClick } : {})}
      disabled={disabled ?? false}
      autofocus={autofocus ?? false}
    >
      {icon && <Icon name={icon} />}
      {children && <span class="button-text">{children}</span>}
    </button>
  );
}
