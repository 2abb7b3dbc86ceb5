import { Gauge } from 'lucide-react';
import { useState } from 'react';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { closeOverlay, useOverlay } from '../state/window/overlay.ts';
import { sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { Button, IconButton } from '../theme/button.tsx';
import { PopoverButton } from '../theme/menu.tsx';
import { NumberField } from '../theme/number-field.tsx';
import { inGigabytes, toFields, toLimits, wrongFields, type LimitFields } from './limit-fields.ts';
import styles from './limits.module.css';
import { useLimits } from './use-limits.ts';

/** Memory, time and disk that a run may take, beside the button that starts one. */
export function LimitsButton() {
  const { list: limits } = useLimits();
  const isOpen = useOverlay((s) => s.open?.name === 'limits');
  if (limits === undefined) return null;
  const isDefault = Object.keys(limits.chosen).length === 0;
  return (
    <PopoverButton
      label={t('limits.title')}
      isOpen={isOpen}
      onOpenChange={(next) => (next ? useOverlay.setState({ open: { name: 'limits' } }) : closeOverlay())}
      trigger={
        <IconButton
          icon={Gauge}
          iconSize={14}
          size="small"
          look="plain"
          label={sayLimits(limits)}
          data-chosen={isDefault ? undefined : true}
        />
      }
    >
      {() => <Limits limits={limits} />}
    </PopoverButton>
  );
}

function sayLimits({ chosen: { memoryBytes, seconds, tempBytes }, memory }: Answer<'limits.get'>): string {
  const figure = { memory: inGigabytes(memoryBytes ?? memory.defaultBytes) };
  const all = [
    t(memoryBytes === undefined ? 'limits.tipMemoryDefault' : 'limits.tipMemory', figure),
    ...(seconds === undefined ? [] : [t('limits.tipTime', { time: sayDuration(seconds * 1000) })]),
    ...(tempBytes === undefined ? [] : [t('limits.tipDisk', { disk: inGigabytes(tempBytes) })]),
  ];
  return t('limits.tip', { limits: all.join('; ') });
}

/** What is entered holds at once. */
function Limits({ limits: { chosen, memory } }: { limits: Answer<'limits.get'> }) {
  const [fields, setFields] = useState(() => toFields(chosen));
  const [problem, setProblem] = useState<Problem>();
  const wrong = wrongFields(fields, memory);
  const keep = async (next: LimitFields): Promise<void> => {
    setFields(next);
    setProblem(undefined);
    if (wrongFields(next, memory).size > 0) return;
    try {
      await host()['limits.set'](toLimits(next));
    } catch (thrown) {
      setProblem(toProblem(thrown));
    }
  };
  const standard = inGigabytes(memory.defaultBytes);
  const bounds = { least: inGigabytes(memory.leastBytes), most: inGigabytes(memory.mostBytes, Math.floor) };
  const field = (name: keyof LimitFields, error: string) => ({
    layout: 'stack' as const,
    value: fields[name],
    onChange: (value: number) => void keep({ ...fields, [name]: value }),
    error: wrong.has(name) ? error : undefined,
  });
  return (
    <div className={styles.limits}>
      <h2>{t('limits.title')}</h2>
      <p>{t('limits.about')}</p>
      <NumberField
        {...field('memoryGb', t('limits.memoryWrong', bounds))}
        label={t('limits.memory')}
        unit={t('limits.gigabytes')}
        placeholder={t('limits.default', { figure: standard })}
        help={t('limits.memoryHelp', { default: standard, machine: inGigabytes(memory.machineBytes) })}
      />
      <NumberField
        {...field('minutes', t('limits.wrong'))}
        label={t('limits.time')}
        unit={t('limits.minutes')}
        placeholder={t('limits.none')}
        help={t('limits.timeHelp')}
      />
      <NumberField
        {...field('diskGb', t('limits.wrong'))}
        label={t('limits.disk')}
        unit={t('limits.gigabytes')}
        placeholder={t('limits.none')}
        help={t('limits.diskHelp')}
      />
      {problem !== undefined && (
        <p role="alert" className={styles.problem}>
          {problem.message} {problem.mend}
        </p>
      )}
      {/* Never switched off: what has the focus would lose it, and the panel its Escape. */}
      <Button onPress={() => void keep(toFields({}))}>{t('limits.defaults')}</Button>
    </div>
  );
}
