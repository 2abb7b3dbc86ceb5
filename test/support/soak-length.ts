/** How long the soak goes on: by hand ten minutes, in `.ci/run`, which has an hour for all suites, one. */
export const soakMinutes = Number(process.env['FLOWYARD_SOAK_MINUTES'] ?? '10');
/** At random moments, of each kind of process. */
export const soakKills = soakMinutes < 10 ? 40 : 100;
