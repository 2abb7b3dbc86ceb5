/** A remote is tried: whether it is reached, what it has, and what is wrong. */
import { append } from '../../../shared/append.ts';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { Finding, TargetSettings } from '../../../shared/targets.ts';
import type { Store } from '../../store/store.ts';
import type { ChangeHub } from '../change-hub.ts';
import type { Connections } from './connections.ts';

export async function testRemote(
  settings: TargetSettings,
  {
    store,
    changes,
    connections,
    now,
  }: { store: Store; changes: ChangeHub; connections: Connections; now: () => number },
): Promise<void> {
  const { name } = settings;
  const startedMs = now();
  const findings: Finding[] = [];
  try {
    const facts = await connections.using(settings, async ({ open }) => {
      const found = await open.probe();
      findings.push({ what: 'reached', state: 'good', text: 'Reached', detail: `${now() - startedMs} ms` });
      const key = store.targets.get(name)?.host_key;
      if (key !== null && key !== undefined)
        findings.push({ what: 'host-key', state: 'good', text: 'Host key recorded', detail: key });
      append(findings, found.findings);
      return found.facts;
    });
    store.targets.tested(name, facts, findings, now());
  } catch (error) {
    findings.push(asFinding(toProblem(error)));
    store.targets.tested(name, null, findings, now());
    throw error;
  } finally {
    changes.notify('targets');
  }
}

const asFinding = (problem: Problem): Finding => ({
  what: problem.code,
  state: 'bad',
  text: problem.message,
  ...(problem.mend === undefined ? {} : { detail: problem.mend }),
});
