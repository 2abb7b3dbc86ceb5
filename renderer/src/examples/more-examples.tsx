import { Play } from 'lucide-react';
import type { useApp } from '../state/window/app-info.ts';
import { openPath } from '../state/files/files.ts';
import { runPipeline } from '../state/runs/run-commands.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Chip } from '../theme/surface.tsx';
import styles from './more-examples.module.css';

type Example = NonNullable<ReturnType<typeof useApp.getState>['info']>['examples'][number];

/** The examples after the first three, in short. */
export function MoreExamples({ examples }: { examples: readonly Example[] }) {
  if (examples.length === 0) return null;
  return (
    <section className={styles.more} aria-labelledby="more-examples">
      <h2 id="more-examples">{t('start.more')}</h2>
      <ul>
        {examples.map((example) => (
          <li key={example.id} data-testid={`example-${example.id}`}>
            <div>
              <h3>
                {example.title}
                {example.tag !== '' && <Chip>{example.tag}</Chip>}
              </h3>
              <p>{example.about}</p>
            </div>
            <Button
              look="plain"
              icon={Play}
              iconSize={11}
              solidIcon
              aria-label={t('start.openAndRunNamed', { title: example.title })}
              onPress={() => void openAndRun(example.path)}
            >
              {t('start.openAndRun')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export async function openAndRun(path: string): Promise<void> {
  const draft = await openPath(path);
  if (draft !== undefined) await runPipeline();
}
