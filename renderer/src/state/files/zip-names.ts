/** The names of the files in a ZIP archive, read from the list at its end; none where there is no such list. */
export async function zipNames(archive: Blob): Promise<string[]> {
  // The last record, with the longest comment that it may have.
  const tail = await viewOf(archive.slice(Math.max(0, archive.size - 65_557)));
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return [];
  const [size, from] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  const list = await viewOf(archive.slice(from, from + size));
  const names: string[] = [];
  for (let at = 0; at + 46 <= list.byteLength && list.getUint32(at, true) === 0x02014b50;) {
    const length = list.getUint16(at + 28, true);
    const bytes = new Uint8Array(list.buffer, at + 46, Math.min(length, list.byteLength - at - 46));
    names.push(new TextDecoder().decode(bytes));
    at += 46 + length + list.getUint16(at + 30, true) + list.getUint16(at + 32, true);
  }
  return names.filter((name) => !name.endsWith('/'));
}

const viewOf = async (part: Blob): Promise<DataView> => new DataView(await part.arrayBuffer());
