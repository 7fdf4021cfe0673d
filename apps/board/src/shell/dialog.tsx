import { type ReactNode, type SyntheticEvent, useEffect, useRef } from 'react';
import styles from './dialog.module.css';

export interface DialogProps {
  label: string;
  close: () => void;
  isHigh?: boolean;
  children: ReactNode;
}

/** A native dialog that is open as long as it is there. Escape and a press beside it close it. */
export function Dialog({ label, close, isHigh = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    if (current && !current.open) current.showModal();
    return () => current?.close();
  }, []);
  const press = (event: SyntheticEvent) => {
    if (event.target === dialog.current) close();
  };
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      data-high={isHigh || undefined}
      aria-label={label}
      onClose={close}
      onPointerDown={press}
    >
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}
