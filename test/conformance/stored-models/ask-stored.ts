/** A stored model as this version reads it: exported to ONNX and asked there, with feeds that were kept beside it. */
import { writeFile } from 'node:fs/promises';
import { exportOnnx, type OnnxExport } from '../../../engine/recipe/export-onnx.ts';
import { openModel } from '../../../engine/recipe/open-model.ts';
import { SqlJudge } from '../../../engine/sql/judge-sql.ts';
import { Database } from '../../../engine/table/database.ts';
import { literal } from '../../../shared/sql.ts';
import { loadRun } from '../../../nodes/runs.ts';
import { askOnnxFile, type OnnxAnswers, type OnnxFeed, type OnnxFeeds } from '../../support/ask-onnx.ts';

/** What a file keeps of a feed: numbers as the base64 of their bytes, so that a gap is one and every bit stays. */
export interface KeptFeed {
  type: OnnxFeed['type'];
  shape: readonly number[];
  texts?: string[];
  bytes?: string;
}
export interface KeptOnnx {
  feeds: Record<string, KeptFeed>;
  answers: OnnxAnswers;
}

export async function exportStored(folder: string): Promise<OnnxExport> {
  await using database = await Database.open({
    threads: 1,
    memoryBytes: 2 ** 29,
    tempFolder: null,
    allowed: [folder],
  });
  const judge = new SqlJudge(database);
  return await exportOnnx(await openModel(folder), {
    loadRun,
    rowsOf: (path) => database.query(`SELECT * FROM read_parquet(${literal(path)})`),
    parse: (expression) => judge.parse(`SELECT (${expression}\n)`),
  });
}

/** @param path where the exported file is written */
export async function askStored(folder: string, path: string, feeds: OnnxFeeds): Promise<OnnxAnswers> {
  const { bytes } = await exportStored(folder);
  await writeFile(path, bytes);
  return await askOnnxFile(path, feeds);
}

export function keepFeed({ type, shape, values }: OnnxFeed): KeptFeed {
  if (type === 'string') return { type, shape, texts: Array.from(values, String) };
  const numbers =
    type === 'int64'
      ? BigInt64Array.from(Array.from(values, (value) => BigInt(value)))
      : type === 'float32'
        ? Float32Array.from(values, Number)
        : Float64Array.from(values, Number);
  return { type, shape, bytes: Buffer.from(numbers.buffer).toString('base64') };
}

export function feedOf({ type, shape, texts, bytes = '' }: KeptFeed): OnnxFeed {
  if (type === 'string') return { type, shape, values: texts ?? [] };
  const { buffer } = Uint8Array.from(Buffer.from(bytes, 'base64'));
  const values =
    type === 'int64'
      ? Array.from(new BigInt64Array(buffer), Number)
      : type === 'float32'
        ? new Float32Array(buffer)
        : new Float64Array(buffer);
  return { type, shape, values };
}

/** As JSON, where a number that is none stands as its name. */
export const plainAnswers = ({ prediction, probabilities }: OnnxAnswers): OnnxAnswers => ({
  prediction: prediction.map((value) =>
    typeof value === 'bigint' ? `${value}n` : typeof value === 'number' ? jsonNumber(value) : value,
  ),
  ...(probabilities === undefined ? {} : { probabilities: probabilities.map(jsonNumber) as number[] }),
});
const jsonNumber = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
