/**
 * Loads a part of the window. The build puts it around each `import()` (`renderer/chunk-files.ts`). A browser remembers an import that failed, by its address
 * and for as long as the page lives; a fetch that failed it asks again. So all files are fetched before they are imported, and nothing is remembered of a
 * connection that was away.
 */
import { fail, toProblem } from '../../../shared/errors.ts';
import { lookForNewBuild } from '../state/window/new-build.ts';

/** `name file file|name file`, put in by the build. */
const listed = '@chunk-files@';
const filesOf = new Map(
  listed.split('|').map((line) => {
    const [name = '', ...files] = line.split(' ');
    return [name, files] as const;
  }),
);

const waitsMs = [300, 1200];
const fetched = new Map<string, Promise<void>>();
let again = 0;

export async function loadChunk<T>(load: () => Promise<T>, name: string): Promise<T> {
  const files = filesOf.get(name) ?? [];
  await Promise.all(files.map(fetchOnce));
  try {
    return await load();
  } catch (thrown) {
    const [file] = files;
    if (file === undefined) throw thrown;
    // The connection went between the two: asked for by another address, it is another import to the browser.
    await lookForNewBuild();
    try {
      const anew: T = await import(/* @vite-ignore */ `${addressOf(file)}?again=${++again}`);
      return anew;
    } catch (cause) {
      throw fail('window.part-broken', {
        message: `A part of the window could not be read: ${toProblem(cause).message}`,
        mend: 'Load the window anew: what is open stays open, with all its steps.',
      });
    }
  }
}

const addressOf = (file: string): string => new URL(file, document.baseURI).href;

function fetchOnce(file: string): Promise<void> {
  const known = fetched.get(file);
  if (known !== undefined) return known;
  const started = fetchFile(file);
  fetched.set(file, started);
  started.catch(() => fetched.delete(file));
  return started;
}

async function fetchFile(file: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const status = await fetch(addressOf(file)).then(
      async (response) => {
        // To its end: then it lies in the browser's cache.
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return;
    if (status === 404 && (await lookForNewBuild()))
      throw fail('window.other-build', {
        message: 'Flowyard was updated while this window was open, and this part is no longer what it was.',
        mend: 'Load the window anew: what is open stays open, with all its steps.',
      });
    const waitMs = waitsMs[attempt];
    if (waitMs === undefined)
      throw fail('window.part-missing', {
        message:
          status === 0
            ? 'This part of the window could not be loaded: Flowyard does not answer.'
            : `This part of the window could not be loaded: Flowyard answered with ${status}.`,
        mend: 'Your work is safe. It is asked for again when the connection is back, or by the button.',
      });
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}
