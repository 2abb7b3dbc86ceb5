/** What a workspace's history says, to compare it with what it said when it was written. */
import type { Store } from '../../../engine/store/store.ts';

export function factsOf(store: Store): unknown {
  const runs = store.runs.list({ limit: 100, beforeMs: null, pipeline: null });
  const facts = {
    integrity: store.checkIntegrity(),
    runs,
    // The pipeline of a run as it was then, and its events and figures.
    files: runs.map((run) => store.runs.file(run.id)),
    events: runs.map((run) => store.eventsAfter(run.id, 0).map((event) => event)),
    outputs: runs.map((run) => store.runs.outputs(run.id)),
    metrics: runs.map((run) => store.metrics.ofRun(run.id)),
    models: store.models.list(),
    services: store.services.list(),
    offer: store.services.offerOf('species'),
    recent: store.pipelines.recent(10),
    drafts: store.drafts.list(),
    limits: store.settings.limits(),
    targets: store.targets.list(),
    prompts: store.prompts.list(null),
  };
  return JSON.parse(JSON.stringify(facts));
}
