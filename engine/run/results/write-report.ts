import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { report as reportSchema, type Report } from '../../../shared/report.ts';
import type { ArtifactPort } from '../../store/artifacts/artifact-store.ts';
import { reportFacts } from './instance-facts.ts';

/** A report as a file of an artifact: what was written, and its port. */
export async function writeReport(
  folder: string,
  port: string,
  report: Report,
): Promise<{ report: Report; port: ArtifactPort }> {
  const file = `${port}.report.json`;
  const parsed = reportSchema.parse(report);
  await writeFile(join(folder, file), `${JSON.stringify(parsed)}\n`);
  return { report: parsed, port: { wire: 'report', files: [file], facts: reportFacts(parsed) } };
}
