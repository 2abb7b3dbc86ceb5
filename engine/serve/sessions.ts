/** Who may use the served app: a one-time token from the printed address becomes a cookie; processes of this user show the bearer token from the lock's file. */
import { randomBytes, timingSafeEqual } from 'node:crypto';

export interface Sessions {
  /** A token for one printed address. */
  issueToken: () => string;
  /** The cookie's value, the first time; afterwards nothing. */
  redeem: (token: string) => string | undefined;
  hasCookie: (header: string | undefined) => boolean;
  hasBearer: (header: string | undefined) => boolean;
  cookieName: string;
  bearer: string;
}

/** Addresses that were printed and never opened: the oldest are forgotten. */
const openTokens = 100;

export function openSessions(port: number): Sessions {
  // Cookies do not know ports: two workspaces that are served at once need two names.
  const cookieName = `flowyard_${port}`;
  const bearer = newSecret();
  const tokens = new Set<string>();
  const cookies = new Set<string>();
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
      cookies.add(cookie);
      return cookie;
    },
    hasCookie: (header) => {
      const value = (header ?? '')
        .split(';')
        .map((part) => part.trim())
        .find((part) => part.startsWith(`${cookieName}=`))
        ?.slice(cookieName.length + 1);
      return value !== undefined && cookies.has(value);
    },
    hasBearer: (header) =>
      header?.startsWith('Bearer ') === true && equalSecrets(header.slice('Bearer '.length), bearer),
  };
}

export const newSecret = (): string => randomBytes(24).toString('base64url');

/** Compared in constant time, so that no answer tells how much was right. */
export function equalSecrets(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
