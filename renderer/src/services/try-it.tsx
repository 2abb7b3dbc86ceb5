import { Send } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { isImageType } from '../../../shared/media/image.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Select } from '../theme/choice.tsx';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { TextField } from '../theme/text-field.tsx';
import { AnswerCard } from './answer-card.tsx';
import { CallCard } from './call-card.tsx';
import { ImageField } from './image-field.tsx';
import { readExampleRows, type TypedRow } from './example-rows.ts';
import { readCell, typedCell } from './read-cell.ts';
import type { Service } from './service.ts';

type Reply = Answer<'services.predict'>;
type Requests = Answer<'services.requests'>;

/** A form of the columns that the model takes; its answer, and how another program would ask the same. */
// Over 80 lines: the markup of one form, in the order in which it is seen.
export function TryIt({
  service,
  requests,
  onSent,
}: {
  service: Service;
  requests: Requests | undefined;
  onSent: () => void;
}) {
  const { columns, examples } = useModel(service);
  // Until somebody types, the first example stands in the form.
  const [typed, setTexts] = useState<TypedRow>();
  const [example, setExample] = useState(0);
  const texts = typed ?? examples[0] ?? {};
  const [reply, setReply] = useState<Reply>();
  const [isBusy, setBusy] = useState(false);
  const row = Object.fromEntries((columns ?? []).map((c) => [c.name, readCell(texts[c.name] ?? '', c.type)]));
  const last = lastRow(requests);
  const isUp = service.status === 'running';
  const send = async (): Promise<void> => {
    setBusy(true);
    try {
      setReply(await host()['services.predict']({ name: service.name, rows: [row] }));
      onSent();
    } catch (thrown) {
      toastProblem(toProblem(thrown));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Card
        title={t('services.tryIt')}
        tools={
          <RowButtons
            last={last}
            onLast={(row) =>
              setTexts(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typedCell(value)])))
            }
            onAnother={
              examples.length > 1
                ? () => {
                    const next = (example + 1) % examples.length;
                    setExample(next);
                    setTexts(examples[next]);
                  }
                : undefined
            }
            onClear={() => setTexts({})}
          />
        }
      >
        <form
          className={styles.fields}
          onSubmit={(event) => {
            event.preventDefault();
            if (isUp && columns !== undefined && !isBusy) void send();
          }}
        >
          {columns === undefined && <p>{t('common.loading')}</p>}
          {columns?.map((column) => (
            <CellField
              key={column.name}
              column={column}
              text={texts[column.name] ?? ''}
              onText={(text) => setTexts({ ...texts, [column.name]: text })}
            />
          ))}
          <div className={styles.send}>
            {!isUp && <span className={styles.quiet}>{t('services.needsRunning')}</span>}
            <Button look="primary" icon={Send} type="submit" isDisabled={!isUp || columns === undefined || isBusy}>
              {t('services.send')}
            </Button>
          </div>
        </form>
      </Card>
      <AnswerCard reply={reply} />
      <CallCard service={service} row={row} />
    </>
  );
}

interface RowButtonsProps {
  /** The row that was asked last. */
  last: Readonly<Record<string, unknown>> | undefined;
  onLast: (row: Readonly<Record<string, unknown>>) => void;
  /** None: there is one example, or none at all. */
  onAnother: (() => void) | undefined;
  onClear: () => void;
}

function RowButtons({ last, onLast, onAnother, onClear }: RowButtonsProps) {
  return (
    <span style={{ display: 'flex', gap: 4 }}>
      {last !== undefined && (
        <Button size="small" look="quiet" onPress={() => onLast(last)}>
          {t('services.lastRow')}
        </Button>
      )}
      {onAnother !== undefined && (
        <Button size="small" look="quiet" onPress={onAnother}>
          {t('services.anotherRow')}
        </Button>
      )}
      <Button size="small" look="quiet" onPress={onClear}>
        {t('common.clear')}
      </Button>
    </span>
  );
}

function CellField({ column, text, onText }: { column: Column; text: string; onText: (text: string) => void }) {
  if (isImageType(column.type)) return <ImageField label={column.name} value={text} onValue={onText} />;
  if (typeFamily(column.type) === 'boolean')
    return (
      <Select
        label={column.name}
        layout="stack"
        value={text === '' ? 'missing' : text}
        onChange={(id) => onText(id === 'missing' ? '' : id)}
        options={[
          { id: 'true', title: t('services.yes') },
          { id: 'false', title: t('services.no') },
          { id: 'missing', title: t('services.missing') },
        ]}
      />
    );
  return (
    <TextField
      label={column.name}
      layout="stack"
      value={text}
      placeholder={
        typeFamily(column.type) === 'time' ? t('services.dateAsked') : t(`services.holds.${typeFamily(column.type)}`)
      }
      onChange={onText}
      inputMode={typeFamily(column.type) === 'number' ? 'decimal' : 'text'}
    />
  );
}

/** The row that was asked last, by whoever asked. */
function lastRow(requests: Requests | undefined): Readonly<Record<string, unknown>> | undefined {
  const input = requests?.find((r) => r.status < 400)?.input;
  const row = Array.isArray(input) ? input[0] : input;
  return typeof row === 'object' && row !== null && !Array.isArray(row) ? row : undefined;
}

/** The columns that the model takes, and rows of its data where they can still be read. */
function useModel({ model, model_version }: Service): {
  columns: readonly Column[] | undefined;
  examples: readonly TypedRow[];
} {
  const [columns, setColumns] = useState<readonly Column[]>();
  const [examples, setExamples] = useState<readonly TypedRow[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    host()
      ['models.get']({ name: model, version: model_version }, { signal })
      .then((found) => {
        const asked = found.input_schema.filter((c) => c.name !== found.target);
        if (signal.aborted) return;
        setColumns(asked);
        // An offer: without it the form is empty.
        readExampleRows(found, asked, signal)
          .then((rows) => {
            if (!signal.aborted) setExamples(rows);
          })
          .catch(() => undefined);
      })
      .catch((thrown: unknown) => {
        if (!signal.aborted) toastProblem(toProblem(thrown));
      });
    return () => abort.abort();
  }, [model, model_version]);
  return { columns, examples };
}
