/** What is other than in the version that was read before, with pictures of what is there now. */
import type { ReportBlock } from '../../../shared/report.ts';
import type { SourceFolder } from '../../../shared/source/source-folder.ts';
import type { ReadImage } from './judge-images.ts';

/** More pictures tell no more. */
const mostShown = 48;
const mostListed = 200;

export function changeBlocks(
  { files, before }: Pick<SourceFolder, 'files' | 'before'>,
  images: readonly ReadImage[],
): ReportBlock[] {
  if (before === null) return [];
  const isThere = new Set(files.map((file) => file.path));
  const added = images.filter((image) => !before.has(image.path));
  const changed = images.filter((image) => before.has(image.path) && before.get(image.path) !== image.sha256);
  const gone = [...before].filter(([path]) => !isThere.has(path));
  return [
    ...pictures('New', added, () => undefined),
    ...pictures('Changed', changed, ({ path }) => `was ${before.get(path)?.slice(0, 8) ?? ''}`),
    ...(gone.length === 0
      ? []
      : [
          {
            type: 'table' as const,
            title: 'Gone',
            columns: [
              { name: 'file', title: 'File', align: 'left' as const },
              { name: 'version', title: 'Content', align: 'left' as const },
            ],
            rows: gone.slice(0, mostListed).map(([path, sha256]) => [path, sha256.slice(0, 8)]),
            ...(gone.length > mostListed ? { caption: `The first ${mostListed} of ${gone.length}.` } : {}),
          },
        ]),
  ];
}

function pictures(
  title: string,
  images: readonly ReadImage[],
  note: (image: ReadImage) => string | undefined,
): ReportBlock[] {
  if (images.length === 0) return [];
  return [
    {
      type: 'images',
      title,
      items: images.slice(0, mostShown).map((image) => {
        const said = note(image);
        return {
          image: {
            hash: image.sha256,
            name: image.path,
            width: image.width,
            height: image.height,
            channels: image.channels,
            steps: '',
          },
          caption: image.label ?? '',
          tone: 'plain' as const,
          ...(said === undefined ? {} : { note: said }),
        };
      }),
      caption:
        images.length > mostShown
          ? `The first ${mostShown} of ${images.length.toLocaleString('en')} images.`
          : `${images.length.toLocaleString('en')} ${images.length === 1 ? 'image' : 'images'}.`,
    },
  ];
}
