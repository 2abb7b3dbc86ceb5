/**
 * `npm start --no-open`, without the two dashes before it: npm keeps the option for itself, and tells it by the environment.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
export const keptByNpm = (env) => (env.npm_config_open === '' ? ['--no-open'] : []);

/**
 * Of an option with a value it lets the value through, alone: that would be read as something else.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} what is wrong, and what to type instead
 */
export function lostToNpm(env) {
  const lost = ['port', 'memory', 'time-limit', 'temp-limit'].find(
    (name) => env[`npm_config_${name.replace('-', '_')}`] === 'true',
  );
  return lost && `npm kept --${lost} for itself. Put two dashes before the options: npm start -- --${lost} …`;
}
