/** The steps in which a remote is added or changed: what was filled in, where the person is, and what the look at it found. */
import { useState } from 'react';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { targetSettings, type Finding, type TargetKind } from '../../../shared/targets.ts';
import { host } from '../rpc/host.ts';
import { toSettings, valuesOf, type FieldValues } from './target-fields.tsx';
import type { Target } from './target.ts';

export const steps = ['address', 'limits', 'check'] as const;
export type Step = (typeof steps)[number];
export type RemoteWizard = ReturnType<typeof useRemoteWizard>;

export function useRemoteWizard({
  target,
  taken,
  onChanged,
}: {
  target: Target | undefined;
  taken: readonly string[];
  onChanged: () => void;
}) {
  const [step, setStep] = useState<Step>('address');
  const [kind, setKind] = useState<TargetKind>(target?.kind ?? 'ssh');
  const [name, setName] = useState(target?.name ?? '');
  const [values, setValues] = useState<FieldValues>(() => (target === undefined ? {} : valuesOf(target)));
  // Once it is in the list, the wizard changes it: its name stays.
  const [listed, setListed] = useState(target?.name);
  const [error, setError] = useState<Problem>();
  const [findings, setFindings] = useState<Finding[]>();
  const read = () => targetSettings.safeParse(toSettings(kind, name, values));
  const go = async (): Promise<void> => {
    const parsed = read();
    if (!parsed.success) return setError(firstIssue(parsed.error.issues));
    if (step === 'address') return setStep('limits');
    setError(undefined);
    setFindings(undefined);
    setStep('check');
    try {
      await host()['targets.add'](parsed.data);
      setListed(parsed.data.name);
      onChanged();
      const tested = await host()['targets.test']({ name: parsed.data.name });
      setFindings(tested.findings);
    } catch (thrown) {
      setError(toProblem(thrown));
      const rows = await host()['targets.list']({});
      setFindings(rows.find((row) => row.name === parsed.data.name)?.findings ?? []);
    }
    onChanged();
  };
  const isTaken = step !== 'check' && name.trim() !== listed && taken.includes(name.trim());
  const canGo = step !== 'check' && name.trim() !== '' && !isTaken;
  const back = (): void => {
    setError(undefined);
    setStep(step === 'check' ? 'limits' : 'address');
  };
  return { step, kind, setKind, name, setName, values, setValues, listed, error, findings, canGo, go, back };
}

const firstIssue = (issues: readonly { message: string; path: PropertyKey[] }[]): Problem => ({
  code: 'target.invalid',
  severity: 'error',
  message: `${String(issues[0]?.path[0] ?? '')}: ${issues[0]?.message ?? ''}`,
});
