import { RefreshCw } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { Notice } from '../parts/notice';

/** Stands where a page could not be loaded or drawn: the rest of the board stays. */
export class PageBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Notice icon={RefreshCw} title="This page could not be shown" tone="warn">
        <button type="button" onClick={() => location.reload()}>
          Load it again
        </button>
      </Notice>
    );
  }
}
