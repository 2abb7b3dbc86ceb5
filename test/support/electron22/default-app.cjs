/* Electron 22 as a packaged app ships it has no default app, the part that starts `electron [-r MODULE] FOLDER`. This is as much of it as tests need. */
const { app } = require('electron');
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const path = require('node:path');

let folder;
const given = process.argv.slice(1);
while (given.length > 0 && folder === undefined) {
  const argument = given.shift();
  if (argument === '-r') Module._preloadModules([given.shift()]);
  else if (!argument.startsWith('-')) folder = path.resolve(argument);
}
if (folder === undefined) throw new Error('no app is named');
const { productName, version, main } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
app.setName(productName);
app.setVersion(version);
app.setAppPath(folder);
Module._load(path.join(folder, main), Module, true);
