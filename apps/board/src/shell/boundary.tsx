import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  /** Stands where the children could not be loaded or drawn. */
  instead: ReactNode;
  children: ReactNode;
}

/** What cannot be loaded or drawn takes nothing else with it. With another `key` it is tried again. */
export class Boundary extends Component<BoundaryProps, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
