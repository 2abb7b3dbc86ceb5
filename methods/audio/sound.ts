/** Sound as numbers: one plane for each channel, samples from −1 to 1. */
export interface Sound {
  /** In hertz. */
  sampleRate: number;
  channels: readonly Float32Array[];
}

/** The mean of all channels, shape [samples]. */
export function monoOf({ channels }: Sound): Float32Array {
  const [first = new Float32Array(0), ...others] = channels;
  if (others.length === 0) return first;
  const mono = new Float32Array(first.length);
  for (let i = 0; i < mono.length; i++) {
    let sum = 0;
    for (const channel of channels) sum += channel[i] ?? 0;
    mono[i] = sum / channels.length;
  }
  return mono;
}
