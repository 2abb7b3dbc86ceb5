/** Server-sent events of an HTTP answer: the text of each `data:`. */
export async function* readServerEvents(
  response: Response,
  { signal, heard }: { signal: AbortSignal; heard?: () => void },
): AsyncGenerator<string> {
  if (response.body === null) return;
  const decoder = new TextDecoder();
  let held = '';
  for await (const bytes of response.body) {
    signal.throwIfAborted();
    heard?.();
    held += decoder.decode(bytes, { stream: true });
    const lines = held.split(/\r?\n/);
    held = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data:')) yield line.slice(5).trim();
  }
  if (held.startsWith('data:')) yield held.slice(5).trim();
}
