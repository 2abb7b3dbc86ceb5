/**
 * Who may use the served app: a one-time token from the printed address becomes a cookie; processes of this user show the bearer token from the lock's file.
 * Cookies are kept as hashes in the workspace, so that a window finds the next host of its workspace at the same port.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { SessionRepository } from '../store/sessions.ts';

export interface Sessions {
  /** A token for one printed address. */
  issueToken: () => string;
  /** The cookie's value, the first time; afterwards nothing. */
  redeem: (token: string) => string | undefined;
  hasCookie: (header: string | undefined) => boolean;
  /** The cookie to set again, where the one that was shown is worth a longer life by now. */
  renew: (header: string | undefined) => string | undefined;
  hasBearer: (header: string | undefined) => boolean;
  cookieName: string;
  bearer: string;
}
export interface SessionsOptions {
  port: number;
  workspace: string;
  kept: SessionRepository;
  now: () => number;
}

/** Addresses that were printed and never opened: the oldest are forgotten. */
const openTokens = 100;
/** From its last use on. */
export const sessionLastsMs = 30 * 24 * 3_600_000;
const renewAfterMs = 24 * 3_600_000;

export function openSessions({ port, workspace, kept, now }: SessionsOptions): Sessions {
  // Cookies know neither ports nor folders: a window must not find the host of another workspace where its own one was.
  const cookieName = `flowyard_${port}_${hashOf(workspace).slice(0, 8)}`;
  const bearer = newSecret();
  const tokens = new Set<string>();
  kept.forgetEnded(now());
  const shown = (header: string | undefined): string | undefined =>
    (header ?? '')
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(`${cookieName}=`))
      ?.slice(cookieName.length + 1);
  const usedMs = (value: string | undefined): number | undefined =>
    value === undefined ? undefined : kept.usedMs(hashOf(value), now());
  return {
    cookieName,
    bearer,
    issueToken: () => {
      const token = newSecret();
      tokens.add(token);
      for (const oldest of tokens) {
        if (tokens.size <= openTokens) break;
        tokens.delete(oldest);
      }
      return token;
    },
    redeem: (token) => {
      if (!tokens.delete(token)) return undefined;
      const cookie = newSecret();
      kept.add({ hash: hashOf(cookie), port, nowMs: now(), endsMs: now() + sessionLastsMs });
      return cookie;
    },
    hasCookie: (header) => usedMs(shown(header)) !== undefined,
    renew: (header) => {
      const value = shown(header);
      const lastMs = usedMs(value);
      if (value === undefined || lastMs === undefined || now() - lastMs < renewAfterMs) return undefined;
      kept.use(hashOf(value), now(), now() + sessionLastsMs);
      return value;
    },
    hasBearer: (header) =>
      header?.startsWith('Bearer ') === true && equalSecrets(header.slice('Bearer '.length), bearer),
  };
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export const newSecret = (): string => randomBytes(24).toString('base64url');

/** Compared in constant time, so that no answer tells how much was right. */
export function equalSecrets(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
