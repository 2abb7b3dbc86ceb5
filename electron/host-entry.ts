/** What the utility process starts with, bundled. */
import { readSources, sourceUrl } from './read-sources.ts';

readSources();
await import(sourceUrl(import.meta.dirname, 'electron/host-start.ts').href);
