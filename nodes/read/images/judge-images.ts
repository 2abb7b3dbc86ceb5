/** What is wrong with a folder of images, in words that name the files. */
import { append } from '../../../shared/append.ts';
import { fail } from '../../../shared/errors.ts';
import { sayChannels } from '../../../shared/media/image.ts';
import type { KeptImage } from '../../../shared/media/image-service.ts';
import type { Finding } from '../../../shared/spec/define-spec.ts';

export interface FaultyFile {
  /** The file's path, or the row of the list. */
  name: string;
  /** The end of a sentence that begins with the name. */
  says: string;
}
export interface ReadImage {
  path: string;
  sha256: string;
  label: string | null;
  width: number;
  height: number;
  channels: number;
}

const wantedChannels = { any: undefined, grey: 1, colour: 3 } as const;

export function faultOf(found: KeptImage, channels: keyof typeof wantedChannels): string | undefined {
  if ('fault' in found) return found.fault.says;
  const wanted = wantedChannels[channels];
  return wanted === undefined || found.channels === wanted
    ? undefined
    : `is ${sayChannels(found.channels)}, not ${sayChannels(wanted)}`;
}

/** Stops at the first faults, or warns of what is left out. */
export function judgeFaults(
  faults: readonly FaultyFile[],
  all: number,
  policy: 'refuse' | 'leave-out',
): Finding | undefined {
  const [first] = faults;
  if (first === undefined) return undefined;
  const facts = { faulty: faults.length, of: all, files: faults.slice(0, 20).map((f) => f.name) };
  const one = faults.length === 1;
  const rest = one
    ? ''
    : `, and so ${faults.length === 2 ? 'is one more' : `are ${count(faults.length - 1)} more`} of ${count(all)}`;
  if (policy === 'refuse')
    throw fail('images.faulty', {
      message: `${quoted(first.name)} ${first.says}${one ? '' : `; ${count(faults.length - 1)} more of ${count(all)} files cannot be used`}.`,
      mend: `Repair or remove ${one ? 'the file' : 'the files'}, or set "Faulty files" to leave them out.`,
      param: 'faulty',
      facts: { ...facts, says: faults.slice(0, 20).map((f) => f.says) },
    });
  return {
    code: 'images.left-out',
    severity: 'warning',
    message: `${quoted(first.name)} is left out${rest}: it ${first.says}.`,
    mend: 'The report names them.',
    param: 'faulty',
    facts,
  };
}

/** Doubts about labels and shapes that do not stop the reader. */
export function doubts(images: readonly ReadImage[], hasLabels: boolean): Finding[] {
  const findings: Finding[] = [];
  if (hasLabels) append(findings, labelDoubts(images));
  const twins = twinsWithOtherLabels(images);
  if (hasLabels && twins !== undefined)
    findings.push({
      code: 'images.contradiction',
      severity: 'warning',
      message: `"${twins[0].path}" and "${twins[1].path}" are the same image with two labels, "${twins[0].label ?? ''}" and "${twins[1].label ?? ''}".`,
      mend: 'Remove the wrong one.',
      facts: { files: [twins[0].path, twins[1].path] },
    });
  return findings;
}

function labelDoubts(images: readonly ReadImage[]): Finding[] {
  const labels = new Set(images.flatMap((image) => image.label ?? []));
  const without = images.filter((image) => image.label === null);
  const findings: Finding[] = [];
  if (labels.size === 1)
    findings.push({
      code: 'images.one-class',
      severity: 'warning',
      message: `All images have the label "${[...labels][0] ?? ''}": there is nothing to tell apart.`,
      mend: 'Put each class into a folder of its own and choose the folder above them, or take labels from a list.',
      param: 'labels',
    });
  if (labels.size === 0)
    findings.push({
      code: 'images.no-labels',
      severity: 'warning',
      message: 'The images lie in the folder itself, so none has a label.',
      mend: 'Put each class into a folder of its own, wire a list of files, or choose "no labels".',
      param: 'labels',
    });
  else if (without[0] !== undefined)
    findings.push({
      code: 'images.some-without-label',
      severity: 'warning',
      message: `"${without[0].path}" lies beside the folders of the classes and has no label${without.length === 1 ? '' : `, as ${count(without.length - 1)} more`}.`,
      mend: 'Move it into the folder of its class.',
      param: 'labels',
    });
  return findings;
}

function twinsWithOtherLabels(images: readonly ReadImage[]): readonly [ReadImage, ReadImage] | undefined {
  const seen = new Map<string, ReadImage>();
  for (const image of images) {
    const twin = seen.get(image.sha256);
    if (twin === undefined) seen.set(image.sha256, image);
    else if (twin.label !== image.label) return [twin, image];
  }
  return undefined;
}

const quoted = (name: string): string => `"${name}"`;
const count = (n: number): string => n.toLocaleString('en');
