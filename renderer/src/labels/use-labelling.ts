/** One sitting of labelling: the rows, the labels, where the person is, and the steps that keys and buttons take. */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { specs } from '../../../nodes/specs.ts';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { labelledColumn } from '../../../shared/kind/labelled-column.ts';
import type { Column } from '../../../shared/wires.ts';
import { host } from '../rpc/host.ts';
import { announce } from '../theme/announce.ts';
import { scheduleCheck, useInputSchema } from '../state/runs/check.ts';
import { changeParam } from '../state/documents/commands.ts';
import { documentOf, useActive, usePipeline } from '../state/documents/documents.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { openLabelStore, type LabelStore } from './label-store.ts';
import { nextRow, openLabelRows, withKeys, type LabelRow, type LabelRows, type LabelSettings } from './label-rows.ts';

export interface LabelParams extends LabelSettings {
  labels: readonly string[];
  file: string;
}
export interface Labelling {
  row: LabelRow | undefined;
  rows: LabelRows | null;
  /** How many rows there are; null while they are counted. */
  total: number | null;
  store: LabelStore | null;
  names: readonly string[];
  onlyUnlabelled: boolean;
  /** Nothing is left in this direction. */
  isAtEnd: boolean;
  problem: Problem | null;
  give: (label: string | null) => void;
  step: (step: 1 | -1) => void;
  goTo: (index: number) => void;
  undo: () => void;
  setOnlyUnlabelled: (on: boolean) => void;
  addLabel: (name: string) => void;
}

/** The settings of a label node as they hold; undefined: the node is gone or is of another kind. */
export function useLabelParams(node: string): LabelParams | undefined {
  const kind = usePipeline((file) => file.nodes[node]?.kind);
  const given = usePipeline((file) => file.nodes[node]?.params);
  return useMemo(() => {
    const spec = specs.get(kind ?? '');
    if (spec?.view !== 'labels') return undefined;
    const read = spec.params.safeParse(given);
    const params: Record<string, unknown> = read.success ? read.data : spec.params.parse({});
    const text = (name: string): string => (typeof params[name] === 'string' ? params[name] : '');
    return {
      column: text('column'),
      as: text('as'),
      known: params['known'] === 'column' ? 'column' : 'content',
      idColumn: text('idColumn'),
      file: text('file'),
      labels: Array.isArray(params['labels']) ? params['labels'].map(String) : [],
    };
  }, [kind, given]);
}

export function useShown(node: string, params: Pick<LabelParams, 'column'>): Column | undefined {
  const schema = useInputSchema(node, 'rows');
  return useMemo(() => labelledColumn(params.column, schema?.columns), [params, schema]);
}

export function useLabelling(node: string, params: LabelParams, shown: Column): Labelling {
  const { rows, problem } = useRows(node, params, shown);
  const store = useLabelStore(node, params);
  const total = useTotal(rows);
  const [row, setRow] = useState<LabelRow | undefined>(undefined);
  const [onlyUnlabelled, setOnly] = useState(false);
  const [isAtEnd, setAtEnd] = useState(false);
  const [failure, setFailure] = useState<Problem | null>(null);
  const asked = useRef(0);

  const seek = (from: number, step: 1 | -1, only = onlyUnlabelled): void => {
    if (rows === null) return;
    const turn = ++asked.current;
    const wants = (one: LabelRow): boolean => !only || (one.key !== null && store?.labelOf(one.key) === undefined);
    nextRow(rows, from, step, wants)
      .then((found) => {
        if (turn !== asked.current) return;
        if (found !== undefined) setRow(found);
        setAtEnd(found === undefined);
      })
      .catch((thrown: unknown) => setFailure(toProblem(thrown)));
  };
  const isReady = rows !== null && store?.isOpen === true;
  useEffect(() => {
    if (isReady) seek(0, 1);
    // Begins once, when both are there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isReady, rows]);

  const names = params.labels.length > 0 ? params.labels : [...(store?.counts().keys() ?? [])];
  return {
    row,
    rows,
    total,
    store,
    names,
    onlyUnlabelled,
    isAtEnd,
    problem: failure ?? problem,
    give: (label) => {
      if (row?.key === null || row === undefined || store === null) return;
      store.set(row.key, label);
      announce(label === null ? t('labels.tookAway') : t('labels.gave', { label, done: sayCount(store.size) }));
      if (label !== null) seek(row.at + 1, 1);
    },
    step: (step) => seek((row?.at ?? -1) + step, step),
    goTo: (index) => seek(index, 1, false),
    undo: () => {
      const key = store?.undo();
      if (key === undefined || rows === null) return;
      // The row is near: what was labelled last lies behind.
      for (let i = (row?.at ?? 0) + 1; i >= 0; i--) if (rows.here(i)?.key === key) return seek(i, 1, false);
    },
    setOnlyUnlabelled: (on) => {
      setOnly(on);
      seek(on ? (row?.at ?? 0) : (row?.at ?? 0), 1, on);
    },
    addLabel: (name) => {
      const clean = name.trim();
      if (clean !== '' && !names.includes(clean)) changeParam(node, 'labels', [...names, clean]);
    },
  };
}

const countingMs = 700;

/** A long table is counted behind its first rows. */
function useTotal(rows: LabelRows | null): number | null {
  const [counted, setCounted] = useState<{ rows: LabelRows; total: number } | null>(null);
  useEffect(() => {
    if (rows === null) return;
    let isAsking = false;
    const ask = async (): Promise<void> => {
      if (isAsking) return;
      isAsking = true;
      const total = await rows.count().catch(() => null);
      isAsking = false;
      if (total === null) return;
      clearInterval(timer);
      setCounted({ rows, total });
    };
    const timer = setInterval(() => void ask(), countingMs);
    void ask();
    return () => clearInterval(timer);
  }, [rows]);
  return counted !== null && counted.rows === rows ? counted.total : null;
}

function useRows(
  node: string,
  params: LabelParams,
  shown: Column,
): { rows: LabelRows | null; problem: Problem | null } {
  const draft = useActive((d) => d?.draft) ?? '';
  const { column, as, known, idColumn } = params;
  const [rows, setRows] = useState<LabelRows | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    const document = documentOf(draft);
    const settings = { column, as, known, idColumn };
    const keyed = document && withKeys(document.file, node, shown, settings);
    if (document === undefined || keyed === undefined) return;
    let gone = false;
    let opened: LabelRows | undefined;
    openLabelRows(document, keyed, shown, settings)
      .then((made) => {
        opened = made;
        if (gone) made.close();
        else setRows(made);
      })
      .catch((thrown: unknown) => {
        if (!gone) setProblem(toProblem(thrown));
      });
    return () => {
      gone = true;
      opened?.close();
      setRows(null);
    };
  }, [draft, node, shown, column, as, known, idColumn]);
  return { rows, problem };
}

/** The file of labels; the first sitting gives it a name beside the pipeline. */
function useLabelStore(node: string, { file }: LabelParams): LabelStore | null {
  const draft = useActive((d) => d?.draft) ?? '';
  const path = useActive((d) => d?.path ?? null);
  const [store, setStore] = useState<LabelStore | null>(null);
  useEffect(() => {
    if (file === '') changeParam(node, 'file', fileName(path, node));
  }, [file, node, path]);
  useEffect(() => {
    if (file === '') return;
    const place = { pipeline: path, file };
    const name = `flowyard.labels ${path ?? draft} ${file}`;
    const made = openLabelStore({
      read: async () => (await host()['labels.read'](place)).labels,
      write: (changes) => host()['labels.write']({ ...place, changes }),
      kept: {
        read: () => localStorage.getItem(name),
        write: (text) => (text === null ? localStorage.removeItem(name) : localStorage.setItem(name, text)),
      },
      onWritten: () => scheduleCheck(draft, 300),
    });
    // A store is opened and closed with its file: an effect is its place.
    // oxlint-disable-next-line react/set-state-in-effect
    setStore(made);
    return () => {
      made.close();
      setStore(null);
    };
  }, [draft, path, file]);
  useSyncExternalStore(
    (listener) => store?.subscribe(listener) ?? (() => undefined),
    () => store?.revision ?? -1,
  );
  return store;
}

/** `shop.pipeline.json`, node `label` → `shop.label.labels.jsonl`, in the same folder. */
export const fileName = (path: string | null, node: string): string =>
  `${
    (path ?? 'unsaved.pipeline.json')
      .split('/')
      .at(-1)
      ?.replace(/\.pipeline\.json$/, '') ?? 'unsaved'
  }.${node}.labels.jsonl`;
