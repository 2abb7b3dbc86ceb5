/** Three tables as people bring them, which no other test reads: made from a seed, each of another shape. */
import { seededRandom } from './odd-csvs.ts';

export interface OwnCsv {
  file: string;
  /** What it holds, for who reads the result. */
  about: string;
  /** The column that a person would want predicted. */
  target: string;
  task: 'classification' | 'regression';
  /** The column that names the rows. */
  id?: string;
  /** Of two classes the rarer one, which is what people look for. */
  rarer?: string;
  rows: number;
  columns: number;
  text: string;
}

export function makeOwnCsvs(seed = 12): OwnCsv[] {
  return [subscriptions(seed), sales(seed + 1), complaints(seed + 2)];
}

interface Dice {
  next: () => number;
  normal: () => number;
  pick: <T>(values: readonly [T, ...(readonly T[])]) => T;
  /** The text, or in so many of a hundred cases nothing. */
  gap: (percent: number, text: string | number) => string;
}

function dice(seed: number): Dice {
  const next = seededRandom(seed);
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (values) => values[Math.floor(next() * values.length)] ?? values[0],
    gap: (percent, text) => (next() * 100 < percent ? '' : String(text)),
  };
}

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, value));

/** One in ten leaves; ages and log-ins are missing here and there. */
function subscriptions(seed: number): OwnCsv {
  const { next, normal, pick, gap } = dice(seed);
  const lines = Array.from({ length: 2400 }, (_, i) => {
    const months = Math.floor(next() * 60);
    const plan = pick(['basic', 'basic', 'plus', 'family'] as const);
    const calls = Math.max(0, Math.round(normal() + 1.2));
    const idle = Math.max(0, Math.round(20 + normal() * 15));
    const charge = { basic: 9.9, plus: 17.5, family: 28 }[plan] + Math.round(normal() * 100) / 100;
    const odds = -4.1 + calls * 0.75 + idle * 0.035 - months * 0.028 + (plan === 'basic' ? 0.5 : 0);
    const left = next() < 1 / (1 + Math.exp(-odds)) ? 'yes' : 'no';
    const age = gap(7, between(18, Math.round(44 + normal() * 15), 90));
    return [`C${10_000 + i}`, age, plan, months, charge.toFixed(2), calls, gap(4, idle), left].join(',');
  });
  return table({
    file: 'subscriptions.csv',
    about: 'who leaves, one in ten; ages and log-ins with gaps',
    target: 'cancelled',
    task: 'classification',
    id: 'customer_id',
    // As a yes/no column is read.
    rarer: 'true',
    head: 'customer_id,age,plan,months,monthly_charge,support_calls,days_since_login,cancelled',
    separator: ',',
    lines,
  });
}

/** What flats were sold for: dates, and money as spreadsheets write it. */
function sales(seed: number): OwnCsv {
  const { next, normal, pick, gap } = dice(seed);
  const money = (value: number): string => `"$${Math.round(value).toLocaleString('en-US')}"`;
  const lines = Array.from({ length: 1500 }, () => {
    const sold = new Date(Date.UTC(2021, 0, 1 + Math.floor(next() * 1700)));
    const area = between(220, Math.round(860 + normal() * 280), 2600);
    const district = pick(['Harbour', 'Old Town', 'Northgate', 'Meadows'] as const);
    const built = 1900 + Math.floor(next() * 124);
    const fee = 60 + area * 0.22 + normal() * 20;
    const worth = { Harbour: 610, 'Old Town': 560, Northgate: 380, Meadows: 430 }[district];
    const age = (sold.getUTCFullYear() - 2021) * 0.03;
    const price = area * worth * (1 + age) * (1 + (built - 1960) / 900) * (1 + normal() * 0.08);
    const date = sold.toISOString().slice(0, 10);
    return [date, district, area, gap(5, built), pick(['yes', 'no']), money(fee), money(price)].join(',');
  });
  return table({
    file: 'flat-sales.csv',
    about: 'what flats were sold for: dates, and amounts as $412,500',
    target: 'sale_price',
    task: 'regression',
    head: 'sold_on,district,area_sqft,built,balcony,monthly_fee,sale_price',
    separator: ',',
    lines,
  });
}

/** Complaints of a German shop: semicolons, decimal commas, days as 31.12.2025, a text, and the desk that took care. */
function complaints(seed: number): OwnCsv {
  const { next, normal, pick, gap } = dice(seed);
  const reported = {
    Lieferung: ['Das Paket kam zu spät', 'Die Lieferung fehlt noch immer', 'Der Bote hat nicht geklingelt'],
    Qualität: ['Die Naht ist aufgegangen', 'Der Stoff hat Flecken', 'Das Gerät geht nicht an'],
    Rechnung: ['Der Betrag stimmt nicht', 'Ich habe zweimal bezahlt', 'Der Gutschein wurde nicht abgezogen'],
  } as const;
  const more = ['', ' und niemand antwortet', ', bitte um Rückruf', ' – sehr ärgerlich'] as const;
  const lines = Array.from({ length: 900 }, () => {
    const desk = pick(['Lieferung', 'Lieferung', 'Qualität', 'Rechnung'] as const);
    const day = new Date(Date.UTC(2025, 0, 1 + Math.floor(next() * 365))).toISOString().slice(0, 10);
    const amount = between(4, { Lieferung: 45, Qualität: 80, Rechnung: 120 }[desk] + normal() * 30, 400);
    const weight = (0.4 + next() * 6).toFixed(3).replace('.', ',');
    // Some are sorted by a tired person.
    const sorted = next() < 0.05 ? pick(['Lieferung', 'Qualität', 'Rechnung']) : desk;
    return [
      day.split('-').toReversed().join('.'),
      pick(['Köln', 'München', 'Görlitz', 'Kiel']),
      amount.toFixed(2).replace('.', ','),
      gap(6, weight),
      `${pick(reported[desk])}${pick(more)}`,
      sorted,
    ].join(';');
  });
  return table({
    file: 'reklamationen.csv',
    about: 'German: semicolons, decimal commas, a text and three desks',
    target: 'Zuständig',
    task: 'classification',
    head: 'Eingang;Ort;Betrag;Gewicht_kg;Beschreibung;Zuständig',
    separator: ';',
    lines,
  });
}

function table({
  head,
  separator,
  lines,
  ...about
}: Pick<OwnCsv, 'file' | 'about' | 'target' | 'task' | 'id' | 'rarer'> & {
  head: string;
  separator: string;
  lines: string[];
}): OwnCsv {
  return {
    ...about,
    rows: lines.length,
    columns: head.split(separator).length,
    text: `${head}\n${lines.join('\n')}\n`,
  };
}
