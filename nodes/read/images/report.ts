/** What a folder of images held: counts, what changed, classes, shapes, what was left out. */
import { sayChannels } from '../../../shared/media/image.ts';
import type { Report, ReportBlock } from '../../../shared/report.ts';
import type { SourceFolder } from '../../../shared/source/source-folder.ts';
import type { FaultyFile, ReadImage } from './judge-images.ts';
import { changeBlocks } from './change-blocks.ts';
import { sayChanges, whatChanged } from '../../../shared/source/folder-changes.ts';

const mostListed = 100;

export function imagesReport(
  folder: SourceFolder,
  images: readonly ReadImage[],
  faults: readonly FaultyFile[],
  bytes: number,
): Report {
  const labels = countBy(images.flatMap((image) => image.label ?? []));
  const shapes = countBy(images.map((i) => `${i.width} × ${i.height}, ${sayChannels(i.channels)}`));
  const distinct = new Set(images.map((image) => image.sha256)).size;
  const blocks: ReportBlock[] = [
    {
      type: 'metrics',
      items: [
        { name: 'images', title: 'Images', value: images.length },
        ...(labels.length > 0 ? [{ name: 'classes', title: 'Labels', value: labels.length }] : []),
        { name: 'left_out', title: 'Left out', value: faults.length },
        {
          name: 'repeated',
          title: 'Repeated',
          value: images.length - distinct,
          help: 'Files with the very bytes of another.',
        },
        { name: 'megabytes', title: 'Megabytes', value: Math.round(bytes / 1e4) / 100 },
      ],
    },
    { type: 'text', title: 'Since the last reading', text: sentence(sayChanges(whatChanged(folder))), tone: 'plain' },
    ...changeBlocks(folder, images),
  ];
  if (labels.length > 0) blocks.push(table('Labels', 'Label', labels));
  blocks.push(table('Sizes', 'Size', shapes));
  if (faults.length > 0)
    blocks.push({
      type: 'table',
      title: 'Left out',
      columns: [
        { name: 'file', title: 'File', align: 'left' },
        { name: 'why', title: 'Why', align: 'left' },
      ],
      rows: faults.slice(0, mostListed).map((fault) => [fault.name, fault.says]),
      ...(faults.length > mostListed ? { caption: `The first ${mostListed} of ${faults.length}.` } : {}),
    });
  if (folder.others.count > 0)
    blocks.push({
      type: 'text',
      title: 'Other files',
      text: `${folder.others.count.toLocaleString('en')} ${folder.others.count === 1 ? 'file was' : 'files were'} not looked at, for want of an image’s ending or because a link leads out of the workspace: ${folder.others.names.join(', ')}${folder.others.count > folder.others.names.length ? ' …' : ''}`,
      tone: 'note',
    });
  return {
    title: folder.name,
    chips: [`version ${folder.version.slice(0, 8)}`, sayChanges(whatChanged(folder))],
    blocks,
  };
}

const table = (title: string, name: string, counts: readonly (readonly [string, number])[]): ReportBlock => ({
  type: 'table',
  title,
  columns: [
    { name: 'value', title: name, align: 'left' },
    { name: 'images', title: 'Images', align: 'right' },
  ],
  rows: counts.slice(0, mostListed).map(([value, n]) => [value, n]),
  ...(counts.length > mostListed ? { caption: `The ${mostListed} most frequent of ${counts.length}.` } : {}),
});

function countBy(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
