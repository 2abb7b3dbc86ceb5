import { Component, type ReactNode } from 'react';
import { reloadWindow } from '../state/window/reload-window.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import styles from './error-boundary.module.css';

interface Props {
  /** What is shown inside: a fault of one thing does not stay over the next. */
  of?: string;
  children: ReactNode;
}
interface State {
  error: Error | null;
  of: string | undefined;
}

/** Keeps a fault of one part from taking the window with it. Documents live in stores outside, so nothing is lost. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, of: this.props.of };
  static getDerivedStateFromError(error: Error): Pick<State, 'error'> {
    return { error };
  }
  static getDerivedStateFromProps({ of }: Props, state: State): State | null {
    return of === state.of ? null : { error: null, of };
  }
  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div className={styles.crash} role="alert">
        <b>{t('app.crash.title')}</b>
        <p>{t('app.crash.body')}</p>
        <pre>{this.state.error.message}</pre>
        <div>
          <Button look="primary" onPress={() => this.setState({ error: null })}>
            {t('app.crash.again')}
          </Button>
          <Button onPress={reloadWindow}>{t('app.crash.reload')}</Button>
        </div>
      </div>
    );
  }
}
