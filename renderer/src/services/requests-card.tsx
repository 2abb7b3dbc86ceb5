import { Fragment, useEffect, useState } from 'react';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { useChanged } from '../state/window/app-info.ts';
import { sayShare } from '../text/profile-words.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { readPrediction } from './read-prediction.ts';
import { sayMs } from './service.ts';

type Requests = Answer<'services.requests'>;

const refreshMs = 2000;

/** The requests that a service answered last; read again when the host says that services changed, or `asked` does. */
export function useRequests(name: string, asked: number): Requests | undefined {
  const changed = useChanged('services');
  const [rows, setRows] = useState<Requests>();
  const [tick, setTick] = useState(0);
  // Other programs ask too, and nobody tells the window.
  useEffect(() => {
    const timer = setInterval(() => setTick((n) => n + 1), refreshMs);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    let gone = false;
    host()
      ['services.requests']({ name, limit: 50 })
      .then((found) => {
        if (!gone) setRows((old) => (JSON.stringify(old) === JSON.stringify(found) ? old : found));
      })
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [name, changed, asked, tick]);
  return rows;
}

export function RequestsCard({ rows }: { rows: Requests | undefined }) {
  return (
    <Card title={t('services.recent')}>
      {rows === undefined || rows.length === 0 ? (
        <p className={styles.body}>{rows === undefined ? t('common.loading') : t('services.noRequests')}</p>
      ) : (
        <div className={styles.room} style={{ maxHeight: 420 }} tabIndex={0}>
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{t('services.time')}</th>
                <th scope="col" data-align="right">
                  {t('services.rows')}
                </th>
                <th scope="col" data-align="right">
                  {t('services.latency')}
                </th>
                <th scope="col" data-align="right">
                  {t('services.code')}
                </th>
                <th scope="col">{t('services.output')}</th>
                <th scope="col">{t('services.answeredBy')}</th>
                <th scope="col">{t('services.input')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>{new Date(row.time_ms).toLocaleTimeString('en-GB')}</td>
                  <td data-align="right">{sayCount(row.rows)}</td>
                  <td data-align="right">{sayMs(row.latency_ms)}</td>
                  <td data-align="right" className={row.status >= 400 ? styles.bad : undefined}>
                    {row.status}
                  </td>
                  <td
                    title={row.error ?? JSON.stringify(row.output, null, 1)}
                    className={row.error === null ? undefined : styles.bad}
                  >
                    {row.error ?? sayOutput(row.output)}
                  </td>
                  <td title={row.model_key}>{sayAnswerer(row)}</td>
                  <td title={JSON.stringify(shorten(row.input), null, 1)} className={styles.quiet}>
                    <Input input={row.input} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

/** Older requests know the content of their model alone. */
const sayAnswerer = ({ model, model_key: key, model_version: version }: Requests[number]): string =>
  model === '' ? key.slice(0, 8) : version === 0 ? model : `${model} ${version}`;

/** The values of the first row that were given; what was left empty is no news. An image is shown as it is. */
function Input({ input }: { input: unknown }) {
  const row: unknown = Array.isArray(input) ? input[0] : input;
  if (typeof row !== 'object' || row === null) return <>{JSON.stringify(input)}</>;
  const given = Object.entries(row).filter(([, value]) => value !== null);
  return (
    <>
      {given.map(([name, value], i) => (
        <Fragment key={name}>
          {i > 0 && ', '}
          {isPicture(value) ? (
            <img className={styles.asked} src={value} alt={name} />
          ) : (
            `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`
          )}
        </Fragment>
      ))}
    </>
  );
}

const isPicture = (value: unknown): value is string => typeof value === 'string' && value.startsWith('data:image/');
/** Pixels as text help nobody who reads. */
const shorten = (input: unknown): unknown =>
  Array.isArray(input)
    ? input.map(shorten)
    : typeof input === 'object' && input !== null
      ? Object.fromEntries(
          Object.entries(input).map(([name, value]) => [name, isPicture(value) ? `${value.slice(0, 40)}…` : value]),
        )
      : input;

/** The first prediction in short; an output of another form as it stands. */
function sayOutput(output: unknown): string {
  const read = readPrediction({ predictions: Array.isArray(output) ? output : [output] }) ?? readPrediction(output);
  if (read === undefined) return JSON.stringify(output);
  const [first] = read.chances;
  const sure = first !== undefined && first.label === read.text;
  return sure
    ? `${read.text} · ${t('services.chance', { percent: sayShare(first.chance, 1) })}`
    : (read.text ?? read.note ?? '–');
}
