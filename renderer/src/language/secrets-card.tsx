import { KeyRound, Trash2 } from 'lucide-react';
import { useCallback, useState } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { useList } from '../state/window/use-list.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { ConfirmButton } from '../theme/confirm-button.tsx';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import { TextField } from '../theme/text-field.tsx';

interface Kept {
  names: () => Promise<string[]>;
  set: (name: string, value: string) => Promise<void>;
  remove: (name: string) => Promise<void>;
}
const inFile: Kept = {
  names: () => host()['secrets.names']({}),
  set: async (name, value) => void (await host()['secrets.set']({ name, value })),
  remove: async (name) => void (await host()['secrets.remove']({ name })),
};

/** In the desktop the system's keychain keeps secrets, where there is one; else the host's encrypted file. Values go in and never come back. */
async function secrets(): Promise<Kept> {
  const inKeychain = window.flowyardShell?.secrets;
  return inKeychain !== undefined && (await inKeychain.hasKeychain()) ? inKeychain : inFile;
}

export function SecretsCard() {
  const read = useCallback(async () => (await secrets()).names(), []);
  const { list, problem, again } = useList('languages', read);
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const ask = (work: (kept: Kept) => Promise<void>): void =>
    void secrets()
      .then(work)
      .then(again)
      .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
  return (
    <Card title={t('language.secrets')}>
      <form
        className={styles.body}
        style={{ display: 'grid', gap: 10 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() === '' || value === '') return;
          ask((kept) => kept.set(name.trim(), value));
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
                onConfirm={() => ask((kept) => kept.remove(one))}
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
