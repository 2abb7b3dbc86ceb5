/** Vulkan in software for the suites that compute on WebGPU: SwiftShader, which comes with every Chromium. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { ensureBrowser } from '../../cli/launch/browser-binary.mjs';

const driverFile = 'vk_swiftshader_icd.json';

/** The environment of a process that finds it. @param runtime any folder of one's own */
export async function softwareVulkan(runtime: string): Promise<NodeJS.ProcessEnv> {
  const folder = await vulkanFolder();
  const library = process.env['LD_LIBRARY_PATH'];
  return {
    ...process.env,
    VK_DRIVER_FILES: join(folder, driverFile),
    LD_LIBRARY_PATH: library === undefined ? folder : `${folder}:${library}`,
    XDG_RUNTIME_DIR: runtime,
  };
}

/** The folder with Chromium's own Vulkan: loader and driver. */
async function vulkanFolder(): Promise<string> {
  const browser = await ensureBrowser({ mayInstall: false });
  if ('missing' in browser) throw new Error(browser.missing);
  const binary = browser.env['CHROMIUM'] ?? chromium.executablePath();
  const places = [
    dirname(realpathSync(binary)),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
  ];
  const found = places.find((place) => existsSync(join(place, driverFile)));
  if (found === undefined)
    throw new Error(`${binary} has no ${driverFile} beside it, so there is no Vulkan in software.`);
  return found;
}
