import { Copy } from 'lucide-react';
import { useState } from 'react';
import { toast } from '../state/window/toasts.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { Segmented } from '../theme/choice.tsx';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { callExamples, type CallExample } from './call-examples.ts';
import type { Service } from './service.ts';

/** How another program asks the same, ready to be pasted: address, token and row are those of the form. */
export function CallCard({ service, row }: { service: Service; row: Readonly<Record<string, unknown>> }) {
  const [way, setWay] = useState<CallExample['id']>('curl');
  const examples = callExamples(service.url ?? 'http://127.0.0.1:PORT', service.token, row);
  const shown = examples.find((e) => e.id === way)?.text ?? '';
  return (
    <Card
      title={t('services.callIt')}
      tools={
        <span style={{ display: 'flex', gap: 6 }}>
          <Segmented
            label={t('services.callIt')}
            value={way}
            onChange={(id) => setWay(examples.find((e) => e.id === id)?.id ?? 'curl')}
            options={examples.map((e) => ({ id: e.id, title: e.title }))}
          />
          <IconButton
            size="small"
            icon={Copy}
            iconSize={13}
            label={t('common.copy')}
            onPress={() =>
              void navigator.clipboard
                ?.writeText(shown)
                .then(() => toast({ tone: 'plain', title: t('common.copied') }))
                .catch(() => undefined)
            }
          />
        </span>
      }
    >
      <pre className={styles.code} tabIndex={0}>
        {shown}
      </pre>
      {service.url === null && <p className={styles.body}>{t('services.noAddress')}</p>}
    </Card>
  );
}
