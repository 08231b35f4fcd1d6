// Modal dialogs, by the browser's own element: it keeps the focus inside and closes on Escape.

import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly test: string;
  /** Whether the title is only for screen readers, without a bar. */
  readonly bare?: boolean;
  onClose(): void;
}

/** A dialog that is open as long as it is rendered. */
export function Dialog({ title, children, class: className, test, bare = false, onClose }: DialogProps): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    // Closing gives the focus back to where it was.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={`dialog ${className ?? ''}`}
      aria-label={title}
      data-testid={test}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        // A click beside the dialog's content hits the element itself: that is its backdrop.
        if (event.target === element.current) onClose();
      }}
    >
      <div class="dialog-body">
        {!bare && (
          <header class="dialog-header">
            <h2>{title}</h2>
            <Button kind="quiet" icon="close" label="Close" onClick={onClose} test={`${test}-close`} />
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
