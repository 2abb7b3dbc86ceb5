import type { LucideIcon } from 'lucide-react';
import { Square } from 'lucide-react';
import { useState } from 'react';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { toast } from '../state/window/toasts.ts';
import { sayBytes } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { ProgressRing } from '../theme/surface.tsx';
import { TextField } from '../theme/text-field.tsx';

type Progress = Answer<'languages.fetch'>;

/** Fetches a file when somebody asks: progress, a stop, and going on where a broken fetch was. */
export function FetchCard({ icon, onFetched }: { icon: LucideIcon; onFetched: (sha256: string) => void }) {
  const [url, setUrl] = useState('');
  const [sha256, setSha256] = useState('');
  const [progress, setProgress] = useState<Progress>();
  const [problem, setProblem] = useState<Problem>();
  const [stop, setStop] = useState<AbortController>();
  const fetchIt = async (): Promise<void> => {
    const controller = new AbortController();
    setStop(controller);
    setProblem(undefined);
    try {
      const asked = { url: url.trim(), sha256: sha256.trim() === '' ? null : sha256.trim() };
      for await (const fetched of host()['languages.fetch'](asked, { signal: controller.signal })) {
        setProgress(fetched);
        if (!fetched.done || fetched.sha256 === null) continue;
        toast({ tone: 'ok', title: t('language.fetched', { name: fetched.path.split(/[\\/]/).at(-1) ?? '' }) });
        onFetched(fetched.sha256);
      }
    } catch (thrown) {
      if (!controller.signal.aborted) setProblem(toProblem(thrown));
    } finally {
      setStop(undefined);
    }
  };
  return (
    <Card title={t('language.fetchTitle')}>
      <form
        className={styles.body}
        style={{ display: 'grid', gap: 10 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (url.trim() !== '' && stop === undefined) void fetchIt();
        }}
      >
        <TextField
          label={t('language.fetchUrl')}
          layout="stack"
          mono
          help={t('language.fetchHint')}
          value={url}
          onChange={setUrl}
        />
        <TextField
          label={t('language.fetchHash')}
          layout="stack"
          mono
          help={t('language.fetchHashHint')}
          value={sha256}
          onChange={setSha256}
        />
        <div style={{ display: 'flex', gap: 10, alignItems: 'center' }}>
          {stop === undefined ? (
            <Button look="primary" icon={icon} type="submit" isDisabled={url.trim() === ''}>
              {t('language.fetch')}
            </Button>
          ) : (
            <Button icon={Square} onPress={() => stop.abort()}>
              {t('language.stop')}
            </Button>
          )}
          {progress && (
            <span className={styles.named} role="status">
              <ProgressRing fraction={progress.total === null ? null : progress.bytes / Math.max(1, progress.total)} />
              {sayProgress(progress)}
            </span>
          )}
        </div>
        {problem && (
          <p className={styles.bad}>
            {problem.message} {problem.mend}
          </p>
        )}
      </form>
    </Card>
  );
}

const sayProgress = ({ bytes, total, resumed }: Progress): string =>
  [
    total === null
      ? t('language.fetchingOpen', { bytes: sayBytes(bytes) })
      : t('language.fetching', { bytes: sayBytes(bytes), total: sayBytes(total) }),
    ...(resumed > 0 ? [t('language.fetchResumed', { bytes: sayBytes(resumed) })] : []),
  ].join(' · ');
