/** What an instance is called in events and in the store. */
import { FlowyardError, toProblem } from '../../shared/errors.ts';
import type { OutputFact } from '../../shared/run-events.ts';
import type { Instance } from '../plan/plan.ts';
import type { Artifact } from '../store/artifact-store.ts';

export const nodeOf = (instance: Instance): { node: string; variant?: Record<string, string> } =>
  instance.part !== undefined
    ? { node: instance.node.id, variant: { part: instance.part } }
    : instance.fold !== undefined
      ? { node: instance.node.id, variant: { fold: instance.fold } }
      : { node: instance.node.id };

/** It stands for its node alone: no fold and no part of it. */
export const isWholeNode = ({ fold, part }: Instance): boolean => fold === undefined && part === undefined;

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
    }));
