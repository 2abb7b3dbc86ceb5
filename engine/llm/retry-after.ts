/** How long an endpoint asks to be left alone: in seconds, or until a time. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - nowMs;
  return wait > 0 ? Math.ceil(wait) : null;
}
