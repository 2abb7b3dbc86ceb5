import { Component, type ReactNode } from 'react';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import styles from './error-boundary.module.css';

/** Keeps a fault of one part from taking the window with it. Documents live in stores outside, so nothing is lost. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };
  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
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
          <Button onPress={() => location.reload()}>{t('app.crash.reload')}</Button>
        </div>
      </div>
    );
  }
}
