/**
 * Writes forms.zip and forms.csv: twelve delivery notes as a scanner gives them (a little crooked, grey, with noise), and what stands on them.
 * `node make-forms.mjs` in a checkout with its packages installed and a Chromium (CHROMIUM=path). Customers and numbers are invented.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';

const customers = ['Hofmann & Sons, Leipzig', 'Brightwater Ltd, Bristol', 'Nordlys AS, Bergen', 'Casa Olmo, Lisbon'];
const carriers = ['Rapid Freight', 'Blue Van', 'North Line'];

/** Numerical Recipes' linear congruence: the same notes on every machine. */
let state = 20260314;
const next = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const two = (n) => String(n).padStart(2, '0');
const notes = Array.from({ length: 12 }, (_, i) => ({
  file: `note-${two(i + 1)}.jpg`,
  number: `DN-${2041 + i * 3 + next(3)}`,
  date: `2026-${two(1 + next(6))}-${two(1 + next(28))}`,
  customer: customers[next(customers.length)],
  carrier: carriers[next(carriers.length)],
  weight_kg: (1 + next(400) / 10).toFixed(1),
  parcels: 1 + next(9),
}));

const page = (
  n,
) => `<body style="font:21px 'DejaVu Sans',sans-serif;width:700px;padding:34px;background:#fff;color:#222">
<h2 style="font-family:'DejaVu Serif',serif">Delivery note</h2>
<table cellpadding="9" style="width:100%;border-collapse:collapse" border="1">
<tr><td>Number</td><td>${n.number}</td><td>Date</td><td>${n.date}</td></tr>
<tr><td>Customer</td><td colspan="3">${n.customer.replace('&', '&amp;')}</td></tr>
<tr><td>Carrier</td><td colspan="3">${n.carrier}</td></tr>
<tr><td>Weight</td><td>${n.weight_kg} kg</td><td>Parcels</td><td>${n.parcels}</td></tr></table>
<p style="font-size:15px">Received in good order. Signature:</p></body>`;

const folder = mkdtempSync(join(tmpdir(), 'forms-'));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const view = await browser.newPage({ viewport: { width: 780, height: 420 } });
for (const note of notes) {
  await view.setContent(page(note));
  const clean = await view.screenshot();
  const turned = await sharp(clean)
    .rotate((next(13) - 6) / 10, { background: '#f4f4f0' })
    .greyscale()
    .toBuffer({ resolveWithObject: true });
  const { data, info } = await sharp(turned.data).raw().toBuffer({ resolveWithObject: true });
  for (let k = 0; k < data.length; k++) data[k] = Math.max(0, Math.min(255, data[k] + next(25) - 12));
  await sharp(data, { raw: info }).blur(0.5).jpeg({ quality: 62 }).toFile(join(folder, note.file));
}
await browser.close();
const zip = join(import.meta.dirname, 'forms.zip');
rmSync(zip, { force: true });
spawnSync('touch', ['-d', '2026-01-01 00:00:00', ...notes.map((n) => join(folder, n.file))]);
spawnSync('zip', ['-X', '-j', '-0', zip, ...notes.map((n) => join(folder, n.file))], { stdio: 'inherit' });
const columns = Object.keys(notes[0]);
const cell = (v) => (String(v).includes(',') ? `"${v}"` : String(v));
writeFileSync(
  join(import.meta.dirname, 'forms.csv'),
  `${columns.join(',')}\n${notes.map((n) => columns.map((c) => cell(n[c])).join(',')).join('\n')}\n`,
);
rmSync(folder, { recursive: true });
process.stdout.write(`${readFileSync(zip).length} bytes\n`);
