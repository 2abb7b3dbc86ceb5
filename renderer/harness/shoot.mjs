// usage: node shoot.mjs demo[:theme[:WxH]] ... ; --do "js"
import { createServer } from 'vite';
import { chromium } from 'playwright';
import react from '@vitejs/plugin-react';
const here = import.meta.dirname;
const server = await createServer({ root: here, configFile: false, plugins: [react()], logLevel: 'error', server: { port: 0, fs: { allow: ['/work'] } }, cacheDir: '/tmp/vite-harness' });
await server.listen();
const url = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
const { steps = {} } = await import('./steps.mjs').catch(() => ({}));
for (const arg of process.argv.slice(2)) {
  const [demo, theme = 'light', size = '1440x900', step] = arg.split(':');
  const [width, height] = size.split('x').map(Number);
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) console.log('console', m.type(), m.text().slice(0, 400)); });
  page.on('pageerror', (e) => console.log('pageerror', String(e).slice(0, 600)));
  await page.goto(`${url}?demo=${demo}&theme=${theme}`, { waitUntil: 'networkidle' });
  await page.waitForTimeout(500);
  if (step) await steps[step](page);
  const path = `/tmp/shots/${demo}-${theme}-${size}${step ? '-' + step : ''}.png`;
  await page.screenshot({ path });
  console.log(path);
  await page.close();
}
await browser.close();
await server.close();
