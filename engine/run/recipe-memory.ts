/** The recipes of a pipeline's last run, so that the next can say in one sentence why a node runs. Losing them costs an explanation, nothing else. */
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Recipe } from '../graph/keys.ts';
import { hashText } from '../files/hash-text.ts';
import { originalName, type Instance } from '../graph/instance.ts';
import { replaceFile } from '../files/durable-write.ts';

export class RecipeMemory {
  readonly #file: string;
  readonly #recipes: Map<string, Recipe>;

  private constructor(file: string, recipes: Map<string, Recipe>) {
    this.#file = file;
    this.#recipes = recipes;
  }

  static async open(flowyardFolder: string, pipelinePath: string, workspace: string): Promise<RecipeMemory> {
    const file = join(flowyardFolder, 'recipes', `${hashText(relative(workspace, pipelinePath)).slice(0, 24)}.json`);
    try {
      const parsed: Record<string, Recipe> = JSON.parse(await readFile(file, 'utf8'));
      return new RecipeMemory(file, new Map(Object.entries(parsed)));
    } catch {
      // Never run, or unreadable: the reason is then "not run before".
      return new RecipeMemory(file, new Map());
    }
  }

  /** Trials share the name of their node: a reason says what is set otherwise than the last time. */
  get(instance: Instance): Recipe | undefined {
    return this.#recipes.get(originalName(instance));
  }

  async save(instances: readonly Instance[]): Promise<void> {
    for (const i of instances) if (i.recipe !== null) this.#recipes.set(originalName(i), i.recipe);
    // What was computed is done, whether this has room or not.
    await replaceFile(this.#file, JSON.stringify(Object.fromEntries(this.#recipes))).catch(() => undefined);
  }
}
