/** What a folder of images held: counts, what changed, classes, shapes, what was left out. */
import { append } from '../../../shared/append.ts';
import { sayChannels } from '../../../shared/media/image.ts';
import type { Report, ReportBlock } from '../../../shared/report.ts';
import type { SourceFolder } from '../../../shared/source/source-folder.ts';
import { countBy, countTable, leftOutTable } from '../../../shared/source/folder-report.ts';
import type { FaultyFile, ReadImage } from './judge-images.ts';
import { changeBlocks } from './change-blocks.ts';
import { sayChanges, whatChanged } from '../../../shared/source/folder-changes.ts';

const imagesCounted = { name: 'images', title: 'Images' };

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
  if (labels.length > 0) blocks.push(countTable('Labels', 'Label', imagesCounted, labels));
  blocks.push(countTable('Sizes', 'Size', imagesCounted, shapes));
  append(blocks, leftOutTable(faults));
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

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
