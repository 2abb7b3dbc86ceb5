/**
 * Words for the person go to stderr: stdout carries only results (an address, JSON lines, the closing count).
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/** @param {number} sinceMs a value of `Date.now()` */
export function secondsSince(sinceMs) {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}
