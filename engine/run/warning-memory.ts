/**
 * What the nodes of a pipeline warned of when they were computed, or their files were looked at, by recipe: told again when their results come from the
 * cache, so that a run says the same of the same data. Losing it costs a repeated sentence, nothing else.
 */
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { problem, type Problem } from '../../shared/errors.ts';
import { hashText } from '../plan/keys.ts';
import type { Instance } from '../plan/plan.ts';
import { replaceFile } from '../store/durable-write.ts';

const remembered = z.array(z.tuple([z.string(), z.array(problem)]));
/** Recipes that are remembered for a pipeline: those of its last runs, so that an edit that is taken back finds its warnings too. */
const mostRecipes = 1000;

export class WarningMemory {
  readonly #file: string;
  readonly #byKey: Map<string, readonly Problem[]>;

  private constructor(file: string, byKey: Map<string, readonly Problem[]>) {
    this.#file = file;
    this.#byKey = byKey;
  }

  static async open(flowyardFolder: string, pipelinePath: string, workspace: string): Promise<WarningMemory> {
    const file = join(flowyardFolder, 'warnings', `${hashText(relative(workspace, pipelinePath)).slice(0, 24)}.json`);
    try {
      return new WarningMemory(file, new Map(remembered.parse(JSON.parse(await readFile(file, 'utf8')))));
    } catch {
      // Never run, or unreadable: then nothing is told again.
      return new WarningMemory(file, new Map());
    }
  }

  recall({ key }: Instance): readonly Problem[] {
    return (key === null ? undefined : this.#byKey.get(key)) ?? [];
  }

  /** What each of these nodes warned of now takes the place of what it did before. */
  async save(instances: readonly Instance[], warnings: readonly Problem[]): Promise<void> {
    const before = this.#byKey.size;
    let changes = false;
    for (const { key, node } of instances) {
      if (key === null) continue;
      const own = warnings.filter((w) => w.node === node.id);
      changes ||= own.length > 0;
      this.#byKey.delete(key);
      if (own.length > 0) this.#byKey.set(key, own);
    }
    for (const key of [...this.#byKey.keys()].slice(0, Math.max(0, this.#byKey.size - mostRecipes)))
      this.#byKey.delete(key);
    if (!changes && this.#byKey.size === before) return;
    // What was computed is done, whether this has room or not.
    await replaceFile(this.#file, JSON.stringify([...this.#byKey])).catch(() => undefined);
  }
}
