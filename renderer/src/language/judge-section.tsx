import { Pencil } from 'lucide-react';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Select } from '../theme/choice.tsx';
import { PopoverButton } from '../theme/menu.tsx';
import { TextField } from '../theme/text-field.tsx';
import { judgeRepeats } from './judge-answers.ts';
import styles from './language.module.css';
import { keyOfTarget, playground, usePlayground, type Choice } from './playground-store.ts';

const nobody = 'nobody';

/** Who judges the answers, and by what: in a line, and a button to change it. */
export function JudgeSection({ choices }: { choices: readonly Choice[] }) {
  const judge = usePlayground((s) => s.judge);
  const able = choices.filter((choice) => choice.chats);
  const known = able.find((choice) => keyOfTarget(choice.target) === judge.model);
  return (
    <section className={styles.section} aria-label={t('language.judge')}>
      <header>
        <b>{t('language.judge')}</b>
        <PopoverButton
          label={t('language.judge')}
          trigger={
            <Button size="small" look="quiet" icon={Pencil} iconSize={12} aria-label={t('language.editJudge')}>
              {t('language.edit')}
            </Button>
          }
        >
          {() => (
            <div className={styles.formEditor}>
              <p className={styles.quiet}>{t('language.judgeHint', { count: judgeRepeats })}</p>
              <Select
                label={t('language.judgeModel')}
                layout="stack"
                value={known === undefined ? nobody : judge.model}
                options={[
                  { id: nobody, title: t('language.nobody') },
                  ...able.map((choice) => ({
                    id: keyOfTarget(choice.target),
                    title: choice.title,
                    about: choice.about,
                  })),
                ]}
                onChange={(id) => playground.setJudge({ model: id === nobody ? null : id })}
              />
              {able.length === 0 && <p className={styles.quiet}>{t('language.noJudge')}</p>}
              <TextField
                label={t('language.rubric')}
                layout="stack"
                multiline
                value={judge.rubric}
                onChange={(rubric) => playground.setJudge({ rubric })}
              />
            </div>
          )}
        </PopoverButton>
      </header>
      <p className={styles.quiet}>{known === undefined ? t('language.nobody') : known.title}</p>
    </section>
  );
}
