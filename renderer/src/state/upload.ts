/** Puts a file from this computer into the workspace, piece by piece. */
import { host } from '../rpc/host.ts';

/** Below the 1 MiB that a message may have. */
const pieceBytes = 768 * 1024;

/** Gives the file's path in the workspace. */
export async function uploadFile(file: File, onProgress: (fraction: number) => void = () => {}): Promise<string> {
  let path: string | undefined;
  let at = 0;
  do {
    const bytes = new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer());
    at += bytes.length;
    const answer = await host()['files.upload']({
      name: file.name,
      bytes,
      done: at >= file.size,
      ...(path === undefined ? {} : { append: path }),
    });
    path = answer.path;
    onProgress(file.size === 0 ? 1 : at / file.size);
  } while (at < file.size);
  return path;
}
