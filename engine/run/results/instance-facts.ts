/** What an instance is called in events and in the store. */
import * as z from 'zod';
import { FlowyardError, problem, toProblem, type Fix, type Problem } from '../../../shared/errors.ts';
import { firstFigure, reportFigure, type Report } from '../../../shared/report.ts';
import type { OutputFact } from '../../../shared/run/run-events.ts';
import { ownCoordinates, type Instance } from '../../graph/instance.ts';
import type { Artifact, ArtifactPort } from '../../store/artifacts/artifact-store.ts';

export const nodeOf = (instance: Instance): { node: string; variant?: Record<string, string> } =>
  isWholeNode(instance)
    ? { node: instance.node.id }
    : { node: instance.node.id, variant: { ...ownCoordinates(instance) } };

/** It stands for its node alone: no fold and no part of it. */
export const isWholeNode = (instance: Instance): boolean => Object.keys(ownCoordinates(instance)).length === 0;

/** Fails with the instance's own problem when it has no key. */
export const keyOf = (instance: Instance): string => {
  if (instance.key === null)
    throw new FlowyardError(
      instance.problem ?? { ...toProblem(new Error(`${instance.id} cannot be computed`)), node: instance.node.id },
    );
  return instance.key;
};
export const tablePort = (instance: Instance): string =>
  Object.entries(instance.node.spec?.outputs ?? {}).find(([, p]) => p.wire === 'table')?.[0] ?? 'rows';

/** The port under which a manifest says that a person ended the task early: the result is not what the whole recipe gives. */
export const endedEarlyPort = 'ended-early';
export const endedByHand = (artifact: Artifact): boolean => artifact.manifest.ports[endedEarlyPort] !== undefined;

export const outputFacts = (artifact: Artifact): OutputFact[] =>
  Object.entries(artifact.manifest.ports)
    .filter(([, port]) => port.files.length > 0)
    .map(([port, facts]) => ({
      port,
      wire: facts.wire,
      key: `${artifact.key}/${port}`,
      ...(facts.rows === undefined ? {} : { rows: facts.rows }),
      ...(facts.columns === undefined ? {} : { columns: facts.columns }),
      bytes: artifact.bytes,
      ...figureOf(facts),
    }));

/** What the manifest says of a report, so that nobody has to read it for a title or a figure. */
export function reportFacts(report: Report): NonNullable<ArtifactPort['facts']> {
  const figure = firstFigure(report);
  return { title: report.title, ...(figure === undefined ? {} : { figure }) };
}

function figureOf({ facts }: ArtifactPort): Pick<OutputFact, 'figure'> {
  const figure = reportFigure.safeParse(facts?.['figure']).data;
  return figure === undefined ? {} : { figure };
}

export function metricsOf(artifact: Artifact): Record<string, number | null> {
  const stored = artifact.manifest.ports['metrics']?.facts?.['values'];
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored)
    ? Object.fromEntries(Object.entries(stored).map(([k, v]) => [k, typeof v === 'number' ? v : null]))
    : {};
}

/** What each value was measured on and how: told again when the result comes from the store. */
export function signaturesOf(artifact: Artifact): Record<string, string> {
  const stored = artifact.manifest.ports['metrics']?.facts?.['signatures'];
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored)
    ? Object.fromEntries(Object.entries(stored).flatMap(([k, v]) => (typeof v === 'string' ? [[k, v] as const] : [])))
    : {};
}

const warningsPort = 'warnings';
/** As results of earlier versions have it. */
const warningsFact = 'reported';
/** Kept with the result: whoever takes it is told what its maker was told. */
export const warningsAsPort = (warnings: readonly Problem[]): Record<string, ArtifactPort> =>
  warnings.length === 0
    ? {}
    : {
        [warningsPort]: { wire: 'report', files: [], facts: { [warningsFact]: JSON.parse(JSON.stringify(warnings)) } },
      };

export function warningsOf(artifact: Artifact, node: string): Problem[] {
  const parsed = z.array(problem).safeParse(artifact.manifest.ports[warningsPort]?.facts?.[warningsFact] ?? []);
  return (parsed.data ?? []).map((reported) => (reported.node === node ? reported : atNode(reported, node)));
}

/** An equal node elsewhere warned: what mends it there mends it here, where that is at the node itself. */
function atNode({ fixes, ...reported }: Problem, node: string): Problem {
  const own = fixes?.flatMap((fix): Fix[] =>
    'node' in fix && fix.node === reported.node && fix.do !== 'move' ? [{ ...fix, node }] : [],
  );
  return { ...reported, node, ...(own === undefined || own.length === 0 ? {} : { fixes: own }) };
}
