/**
 * The rooms of `engine/`, lowest first. A room imports rooms of lower rows only; rooms of one row know nothing of each other. What two rooms of a row both
 * need belongs in a row below. What each holds: `docs/architecture.md`.
 */
export const engineRooms: readonly (readonly string[])[] = [
  // Files on the disk, HTTP, DuckDB, processes that compute: each knows nothing of pipelines.
  ['files', 'http', 'table', 'compute'],
  ['secrets', 'sources', 'sql', 'neural'],
  // What is kept, nodes and wires with the keys of their results, and networks of decoders.
  ['store', 'graph', 'decoder'],
  ['images', 'audio', 'text', 'llm'],
  // Composition, steps, the model at rest, the scorer: plan and run both stand on it.
  ['recipe'],
  ['plan'],
  ['run'],
  // Runs elsewhere, and servers of models.
  ['remote', 'serve'],
  ['preview'],
  // What a window may ask of the host, and the host that puts it together.
  ['workspace'],
  ['host'],
];
