/**
 * Messages as frames. Byte arrays do not go through JSON: their places hold null, and a list says which bytes belong where.
 * Binary layout: u32 length of the header, the header as JSON `{ message, bytes: [{ path, length }] }`, then the byte arrays one after the other.
 */

type Path = (string | number)[];
interface Header {
  message: unknown;
  bytes: { path: Path; length: number }[];
}

export function encodeFrame(message: unknown): string | Uint8Array<ArrayBuffer> {
  if (!holdsBytes(message)) return JSON.stringify(message);
  const attachments: { path: Path; bytes: Uint8Array }[] = [];
  const bare = detach(message, [], attachments);
  const header = new TextEncoder().encode(
    JSON.stringify({
      message: bare,
      bytes: attachments.map(({ path, bytes }) => ({ path, length: bytes.length })),
    } satisfies Header),
  );
  const out = new Uint8Array(attachments.reduce((sum, { bytes }) => sum + bytes.length, 4 + header.length));
  new DataView(out.buffer).setUint32(0, header.length, true);
  out.set(header, 4);
  let at = 4 + header.length;
  for (const { bytes } of attachments) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}

/** `undefined` when it is no frame of ours. */
export function decodeFrame(frame: string | ArrayBuffer): unknown {
  try {
    if (typeof frame === 'string') return JSON.parse(frame);
    const length = new DataView(frame).getUint32(0, true);
    const header: Header = JSON.parse(new TextDecoder().decode(new Uint8Array(frame, 4, length)));
    let at = 4 + length;
    for (const { path, length: bytes } of header.bytes) {
      // A copy of its own: a view would keep the whole frame alive and could stand at an odd offset.
      attach(header, ['message', ...path], new Uint8Array(frame.slice(at, at + bytes)));
      at += bytes;
    }
    return at === frame.byteLength ? header.message : undefined;
  } catch {
    return undefined;
  }
}

/** Looked at before anything is taken apart: most messages are plain, and some are the check of a long pipeline. */
function holdsBytes(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (value instanceof Uint8Array) return true;
  if (Array.isArray(value)) return value.some(holdsBytes);
  for (const key in value) if (Object.hasOwn(value, key) && holdsBytes(Reflect.get(value, key))) return true;
  return false;
}

/** The same value with null for each byte array; parts without any are shared, not copied. */
function detach(value: unknown, path: Path, found: { path: Path; bytes: Uint8Array }[]): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) {
    found.push({ path, bytes: value });
    return null;
  }
  if (Array.isArray(value)) {
    const before = found.length;
    const items = value.map((item: unknown, i) => detach(item, [...path, i], found));
    return found.length === before ? value : items;
  }
  const before = found.length;
  const entries = Object.entries(value).map(([key, item]) => [key, detach(item, [...path, key], found)] as const);
  return found.length === before ? value : Object.fromEntries(entries);
}

function attach(root: object, path: Path, bytes: Uint8Array): void {
  let place: unknown = root;
  for (const key of path.slice(0, -1)) place = own(place, key);
  const last = path.at(-1);
  if (last === undefined || own(place, last) !== null) throw new Error('the bytes have no place');
  Object.assign(Object(place), { [last]: bytes });
}

function own(value: unknown, key: string | number): unknown {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) throw new Error('no such place');
  return Reflect.get(value, key);
}
