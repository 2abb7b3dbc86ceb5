/** What was found in image files, by their content: a data set of 10,000 that grew by twelve is decoded twelve times. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { replaceFile } from '../files/durable-write.ts';

const entry = z.object({ format: z.string(), width: z.int(), height: z.int(), channels: z.int() });
export type ImageFacts = z.output<typeof entry>;

/** Raised when a decoder sees a file differently. */
const edition = 1;
const memory = z.object({ edition: z.literal(edition), images: z.record(z.string(), entry) });

export class ImageMemory {
  readonly #file: string;
  #known: Map<string, ImageFacts> | undefined;
  #isChanged = false;

  constructor(flowyardFolder: string) {
    this.#file = join(flowyardFolder, 'files', '.images.json');
  }

  async get(sha256: string): Promise<ImageFacts | undefined> {
    return (await this.#load()).get(sha256);
  }

  async set(sha256: string, facts: ImageFacts): Promise<void> {
    (await this.#load()).set(sha256, facts);
    this.#isChanged = true;
  }

  /** A list that cannot be written costs time, never correctness. */
  async save(): Promise<void> {
    if (!this.#isChanged || this.#known === undefined) return;
    try {
      await replaceFile(this.#file, JSON.stringify({ edition, images: Object.fromEntries(this.#known) }));
      this.#isChanged = false;
    } catch {
      // The next run decodes again.
    }
  }

  async #load(): Promise<Map<string, ImageFacts>> {
    if (this.#known === undefined) {
      const parsed = memory.safeParse(await readFile(this.#file, 'utf8').then(JSON.parse, () => undefined));
      this.#known ??= new Map(Object.entries(parsed.success ? parsed.data.images : {}));
    }
    return this.#known;
  }
}
