/** The quick start on a file, read rightly, with a profile of each column as it will be learnt from. */
import { useEffect, useMemo, useState } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { toProblem, type Fix, type Problem } from '../../../shared/errors.ts';
import type { Column } from '../../../shared/wires.ts';
import { closePreview, openPreview } from '../preview/open-previews.ts';
import { useProfile } from '../preview/profile/profile-session.ts';
import type { Profile } from '../text/profile-words.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { t } from '../text/t.ts';
import { columnsOf, lastBeforeSplit, settingsFound, stepsFound, withSteps } from './reader-fixes.ts';

type Found = Answer<'pipelines.quickStart'>;
export type ReadValue = ReturnType<typeof settingsFound>[number]['value'];
export type Reading = Readonly<Record<string, ReadValue>>;

export interface QuickStart {
  found: Found | undefined;
  /** Columns as they are learnt from; of the file's until its rows have been read. */
  columns: readonly Column[];
  profile: Profile | null;
  /** Its rows are being read: what stands in them is not known yet. */
  isLooking: boolean;
  problem: Problem | undefined;
  /** What was taken another way than it stands in the file. */
  taken: readonly { title: string; columns: readonly string[] }[];
  /** With what the reader was told. */
  read: Reading;
}

interface Answered {
  found: Found;
  read: Reading;
  taken: QuickStart['taken'];
}

/** Asks again while the reader names a setting that mends it: with the decimal comma it may find the thousands. */
async function ask(path: string, read: Reading, taken: QuickStart['taken']): Promise<Answered> {
  const found = await host()['pipelines.quickStart']({ path, target: null, read: { ...read } });
  const fresh = settingsFound(found.findings).filter(({ param }) => !Object.hasOwn(read, param));
  const steps = stepsFound(found.findings);
  const said = [...taken, ...sayTaken(found.findings, fresh.length > 0 ? fresh : steps)];
  if (fresh.length > 0)
    return ask(path, { ...read, ...Object.fromEntries(fresh.map(({ param, value }) => [param, value])) }, said);
  return { found: { ...found, file: withSteps(found.file, steps, specs) }, read, taken: said };
}

const sayTaken = (findings: readonly Problem[], fixes: readonly Fix[]): QuickStart['taken'] =>
  findings.flatMap((finding) => {
    const fix = fixes.find((one) => finding.fixes?.some((other) => other === one));
    return fix === undefined ? [] : [{ title: titleOf(fix), columns: columnsOf(finding) }];
  });

/** The fix is called by what a person would do; here it is done. */
const titleOf = (fix: Fix): string =>
  fix.do === 'insert' && fix.kind === 'clean.derive' ? t('start.target.toNumbers') : fix.title;

/** @param reading settings that the person chose for a file that could not be read as it is */
export function useQuickStart(path: string, reading: Reading): QuickStart {
  const [answered, setAnswered] = useState<Answered>();
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    let gone = false;
    ask(path, reading, [])
      .then((answer) => {
        if (gone) return;
        setAnswered(answer);
        setProblem(undefined);
      })
      .catch((thrown: unknown) => {
        if (!gone) setProblem(toProblem(thrown));
      });
    return () => {
      gone = true;
    };
  }, [path, reading]);
  const { open: rows, isOver } = useRows(answered?.found);
  const { profile, problem: unread } = useProfile(rows?.preview ?? null);
  const columns = useMemo(() => rows?.schema.columns ?? answered?.found.columns ?? [], [rows, answered]);
  return {
    found: answered?.found,
    columns,
    profile,
    isLooking: profile === null && unread === null && !isOver,
    problem,
    taken: answered?.taken ?? [],
    read: answered?.read ?? reading,
  };
}

/** An offer: without it the columns stand there without their pictures. */
function useRows(found: Found | undefined): { open: Answer<'preview.open'> | undefined; isOver: boolean } {
  const [open, setOpen] = useState<Answer<'preview.open'>>();
  const [failed, setFailed] = useState<Found>();
  const node = useMemo(() => (found === undefined ? undefined : lastBeforeSplit(found.file)), [found]);
  useEffect(() => {
    if (found === undefined || node === undefined) return undefined;
    const abort = new AbortController();
    let name: string | undefined;
    openPreview({ pipeline: { path: null, file: found.file }, node, port: 'rows' }, abort.signal)
      .then((answer) => {
        if (abort.signal.aborted) return closePreview(answer.preview);
        name = answer.preview;
        setOpen(answer);
      })
      .catch(() => {
        if (!abort.signal.aborted) setFailed(found);
      });
    return () => {
      abort.abort();
      setOpen(undefined);
      if (name !== undefined) closePreview(name);
    };
  }, [found, node]);
  const isOver = found !== undefined && (node === undefined || failed === found);
  return { open, isOver };
}
