/** Results of a run on a remote come home. What stages make for each other stays there. */
import { keptThere } from '../../store/placements/placed-state.ts';
import { taskFolder } from '../../store/placements/run-layout.ts';
import { reach, type Underway } from './underway.ts';

export async function fetchResults(way: Underway, keys: readonly string[]): Promise<void> {
  const { run, settings, record, artifacts, target } = way.options;
  const kept = keptThere(record.state);
  const wanted = keys.filter((key) => !kept.has(key) && artifacts.find(key) === undefined);
  if (wanted.length === 0) return;
  const { files } = target().open;
  const before = files.fetchedBytes;
  reach(way, 'running', `fetching results from ${settings.name}`);
  await files.fetchArtifacts(wanted, artifacts, run, AbortSignal.any([way.abort.signal, way.noMore.signal]));
  record.fetchedBytes += files.fetchedBytes - before;
}

/** What the run made besides what its events name: states of folds, chains in between. They spare the next run at home their computation. */
export async function fetchUnnamed(way: Underway): Promise<void> {
  const { run, record, target } = way.options;
  const { files } = target().open;
  const names = record.state.tasks.flatMap((task, i) =>
    task.keeps === undefined ? `${taskFolder(run, i)}/manifest.json` : [],
  );
  const text = (await files.must('reading the results', `cat ${names.join(' ')} 2>/dev/null || true`)).toString();
  await fetchResults(
    way,
    [...text.matchAll(/"key":"([a-z0-9]+)"/g)].map((match) => match[1] ?? ''),
  );
}
