/** The few globals that both Node and the browser have and that the pure layers may use. Their own libs declare them in full. */
declare global {
  interface AbortSignal {
    readonly aborted: boolean;
    throwIfAborted(): void;
    addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
    removeEventListener(type: 'abort', listener: () => void): void;
  }
  class AbortController {
    readonly signal: AbortSignal;
    abort(reason?: unknown): void;
  }
  function setTimeout(callback: () => void, ms: number): unknown;
  function clearTimeout(timer: unknown): void;
  class TextEncoder {
    encode(text: string): Uint8Array<ArrayBuffer>;
  }
  class TextDecoder {
    constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
    decode(bytes: Uint8Array): string;
  }
}
export {};
