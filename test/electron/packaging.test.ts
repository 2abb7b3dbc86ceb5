import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = () => getConfig(root, 'electron-builder.yml', null);

test('the packager knows every key of its configuration', async () => {
  const config = await read();
  await validateConfiguration(config, new DebugLogger(false));
  await expect(
    validateConfiguration(JSON.parse(JSON.stringify({ ...config, asarUnpak: [] })), new DebugLogger(false)),
  ).rejects.toThrow('asarUnpak');
});

test('pipelines open by double click: by their full ending on Linux, by .flowyard where systems know one ending', async () => {
  const { linux, mac, win } = await read();
  const endings = [linux, mac, win].map((system) =>
    [system?.fileAssociations].flat().map((association) => association?.ext),
  );
  expect(endings).toEqual([['pipeline.json'], ['flowyard'], ['flowyard']]);
});

test('the packaged Electron cannot be used as a Node, nor load the app from anywhere else', async () => {
  expect((await read()).electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    enableCookieEncryption: true,
  });
});
