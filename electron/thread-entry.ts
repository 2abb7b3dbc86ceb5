/** What a thread of the utility process starts with, bundled: hooks belong to one thread. */
import { readSources, sourceUrl } from './read-sources.ts';

readSources();
await import(sourceUrl(import.meta.dirname, 'engine/compute/lane-thread.ts').href);
