/** Stretches of speech as pieces that a network hears at once: neighbours together as long as they fit, what is longer cut evenly. */
import type { SpeechSegment } from './speech-segments.ts';

export interface SpeechChunk {
  startSeconds: number;
  endSeconds: number;
}

/** @param mostSeconds what the network hears at once; Whisper: 30 */
export function speechChunks(segments: readonly SpeechSegment[], mostSeconds: number): SpeechChunk[] {
  const chunks: SpeechChunk[] = [];
  for (const { startSeconds, endSeconds } of segments) {
    const last = chunks.at(-1);
    if (last !== undefined && endSeconds - last.startSeconds <= mostSeconds) {
      last.endSeconds = endSeconds;
      continue;
    }
    const pieces = Math.max(1, Math.ceil((endSeconds - startSeconds) / mostSeconds));
    const step = (endSeconds - startSeconds) / pieces;
    for (let i = 0; i < pieces; i++)
      chunks.push({ startSeconds: startSeconds + i * step, endSeconds: startSeconds + (i + 1) * step });
  }
  return chunks;
}
