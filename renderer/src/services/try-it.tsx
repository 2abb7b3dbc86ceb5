import { Copy, Send } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { toast, toastProblem } from '../state/toasts.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Segmented } from '../theme/choice.tsx';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { Chip } from '../theme/surface.tsx';
import { TextField } from '../theme/text-field.tsx';
import { callExamples, type CallExample } from './call-examples.ts';
import { readCell } from './read-cell.ts';
import { sayMs, type Service } from './service.ts';

type Reply = Answer<'services.predict'>;

/** A form of the columns that the model takes; its answer, and how another program would ask the same. */
export function TryIt({ service, onSent }: { service: Service; onSent: () => void }) {
  const columns = useModelColumns(service);
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [reply, setReply] = useState<Reply>();
  const [way, setWay] = useState<CallExample['id']>('curl');
  const row = Object.fromEntries((columns ?? []).map((c) => [c.name, readCell(texts[c.name] ?? '', c.type)]));
  const send = async (): Promise<void> => {
    try {
      setReply(await host()['services.predict']({ name: service.name, rows: [row] }));
      onSent();
    } catch (thrown) {
      toastProblem(toProblem(thrown));
    }
  };
  const examples = callExamples(service.url ?? 'http://127.0.0.1:PORT', service.token, row);
  const shown = examples.find((e) => e.id === way)?.text ?? '';
  return (
    <>
      <Card
        title={t('services.tryIt')}
        tools={
          <Button size="small" look="quiet" onPress={() => setTexts({})}>
            {t('services.anotherRow')}
          </Button>
        }
      >
        <form
          className={styles.body}
          style={{ display: 'grid', gap: 8, gridTemplateColumns: 'repeat(2, minmax(0, 1fr))' }}
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          {columns?.map((column) => (
            <TextField
              key={column.name}
              label={column.name}
              layout="stack"
              value={texts[column.name] ?? ''}
              placeholder={typeFamily(column.type)}
              onChange={(text) => setTexts({ ...texts, [column.name]: text })}
            />
          ))}
          <div style={{ display: 'flex', alignItems: 'center', gap: 10, marginTop: 4, gridColumn: '1 / -1' }}>
            {service.status !== 'running' && <span style={{ color: 'var(--t3)' }}>{t('services.needsRunning')}</span>}
            <span style={{ flex: 1 }} />
            <Button
              look="primary"
              icon={Send}
              type="submit"
              isDisabled={service.status !== 'running' || columns === undefined}
            >
              {t('services.send')}
            </Button>
          </div>
        </form>
      </Card>
      <Card
        title={t('services.answer')}
        tools={
          reply && (
            <Chip tone={reply.status < 400 ? 'ok' : 'bad'}>
              {t('services.answerStatus', { status: String(reply.status), time: sayMs(reply.latency_ms) })}
            </Chip>
          )
        }
      >
        {reply === undefined ? (
          <p className={styles.body}>{t('services.noAnswer')}</p>
        ) : (
          <pre className={styles.code}>{JSON.stringify(reply.body, null, 2)}</pre>
        )}
      </Card>
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
            <Button
              size="small"
              look="quiet"
              icon={Copy}
              aria-label={t('common.copy')}
              onPress={() =>
                void navigator.clipboard
                  ?.writeText(shown)
                  .then(() => toast({ tone: 'plain', title: t('common.copied') }))
              }
            />
          </span>
        }
      >
        <pre className={styles.code}>{shown}</pre>
      </Card>
    </>
  );
}

function useModelColumns({ model, model_version }: Service): readonly Column[] | undefined {
  const [columns, setColumns] = useState<readonly Column[]>();
  useEffect(() => {
    let gone = false;
    host()
      ['models.get']({ name: model, version: model_version })
      .then((found) => {
        if (!gone) setColumns(found.input_schema.filter((c) => c.name !== found.target));
      })
      .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
    return () => {
      gone = true;
    };
  }, [model, model_version]);
  return columns;
}
