import { KeyRound, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import { toastProblem } from '../state/toasts.ts';
import { useList } from '../state/use-list.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { ConfirmButton } from '../theme/confirm-button.tsx';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { TextField } from '../theme/text-field.tsx';

/** In the desktop the system's keychain keeps secrets, else the host's encrypted file. Values go in and never come back. */
const secrets = () =>
  window.flowyardShell?.secrets ?? {
    names: () => host()['secrets.names']({}),
    set: async (name: string, value: string): Promise<void> => void (await host()['secrets.set']({ name, value })),
    remove: async (name: string): Promise<void> => void (await host()['secrets.remove']({ name })),
  };

export function SecretsCard() {
  const read = useCallback(() => secrets().names(), []);
  const { list, problem, again } = useList('languages', read);
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const ask = (work: Promise<unknown>): void =>
    void work.then(again).catch((thrown: unknown) => toastProblem(toProblem(thrown)));
  return (
    <Card title={t('language.secrets')}>
      <form
        className={styles.body}
        style={{ display: 'grid', gap: 10 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '' || value === '') return;
          ask(secrets().set(name.trim(), value));
          setValue('');
        }}
      >
        <p className={styles.quiet}>{t('language.secretsHint')}</p>
        {problem && list === undefined && (
          <p className={styles.bad}>
            {problem.message} {problem.mend}
          </p>
        )}
        <ul>
          {list?.map((one) => (
            <li key={one} style={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between' }}>
              <code>{one}</code>
              <ConfirmButton
                bare
                icon={Trash2}
                size="small"
                label={t('language.removeSecret', { name: one })}
                title={t('language.removeSecretTitle', { name: one })}
                answer={t('common.remove')}
                onConfirm={() => ask(secrets().remove(one))}
              >
                {t('language.removeSecretBody')}
              </ConfirmButton>
            </li>
          ))}
        </ul>
        <TextField label={t('language.secretName')} layout="stack" mono value={name} onChange={setName} />
        <TextField
          label={t('language.secretValue')}
          layout="stack"
          type="password"
          autoComplete="off"
          value={value}
          onChange={setValue}
        />
        <div>
          <Button icon={KeyRound} type="submit" isDisabled={name.trim() === '' || value === ''}>
            {t('language.keepSecret')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
