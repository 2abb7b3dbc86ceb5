import { t } from '../text/t.ts';
import { NumberField } from '../theme/number-field.tsx';
import { AnswerFormSection } from './answer-form.tsx';
import { JudgeSection } from './judge-section.tsx';
import styles from './language.module.css';
import { braces, usePlayground, variablesOf, type Choice } from './playground-store.ts';

/** What holds for all prompts: variables, sampling, the form of the answers, who judges them. */
export function PlaygroundSettings({ choices }: { choices: readonly Choice[] }) {
  const { prompts, temperature, maxTokens } = usePlayground();
  const names = variablesOf(prompts);
  return (
    <div className={styles.settings}>
      <b>{t('language.variables')}</b>
      {names.length === 0 ? (
        <p className={styles.quiet}>{t('language.noVariables', braces)}</p>
      ) : (
        <p className={styles.names}>
          {names.map((name) => (
            <code key={name}>{name}</code>
          ))}
        </p>
      )}
      <NumberField
        label={t('language.temperature')}
        value={temperature}
        minValue={0}
        maxValue={2}
        step={0.1}
        onChange={(value) => usePlayground.setState({ temperature: Number.isNaN(value) ? 0 : value })}
      />
      <NumberField
        label={t('language.maxTokens')}
        value={maxTokens}
        minValue={1}
        maxValue={8192}
        step={1}
        onChange={(value) => usePlayground.setState({ maxTokens: Number.isNaN(value) ? 128 : value })}
      />
      <AnswerFormSection />
      <JudgeSection choices={choices} />
    </div>
  );
}
