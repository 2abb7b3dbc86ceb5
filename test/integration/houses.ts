/** Rows with gaps, unicode, dates and whole numbers beyond 2^53, for questions of parity. */
import { randomGenerator } from '../../methods/random/random-generator.ts';

type Cell = string | number | bigint | boolean | null;
export type House = Readonly<Record<string, Cell>>;

export const houseNames = [
  'id',
  'città',
  'serial',
  'size',
  'rooms',
  'garden',
  'built',
  'seen',
  'note',
  'kind',
  'price',
];
export const houseTypes = {
  id: 'text',
  città: 'text',
  serial: 'integer',
  size: 'number',
  rooms: 'integer',
  garden: 'boolean',
  built: 'date',
  seen: 'timestamp',
  note: 'text',
  kind: 'text',
  price: 'number',
};
export const knownCities = ['Zürich', 'Łódź', '東京', 'O\'Fallon, "MO"', "são paulo $$ $'"];

/** Rows whose answer follows from them, with gaps in every column and, on demand, values that no training row has. */
export function makeHouses(count: number, seed: number, unseen: boolean): House[] {
  const random = randomGenerator(seed);
  const cities = unseen ? [...knownCities, 'Ørsta', '🏝️ Île', 'zürich'] : knownCities;
  const gap = <T>(value: T): T | null => (random.nextFloat() < 0.12 ? null : value);
  return Array.from({ length: count }, (_, i): House => {
    const city = Math.floor(random.nextFloat() * cities.length);
    const size = Math.round(random.nextFloat() * 3000) / 16;
    const rooms = Math.floor(random.nextFloat() * (unseen ? 12 : 7));
    const garden = random.nextFloat() < 0.4;
    const days = Math.floor(random.nextFloat() * 20_000);
    const price = size * 3 + rooms * 40 + (garden ? 120 : 0) + city * 35 + days / 100 + random.nextFloat() * 30;
    return {
      id: `${unseen ? 'n' : 'h'}${String(i).padStart(5, '0')}`,
      città: gap(cities[city] ?? ''),
      serial: gap(2n ** 53n + 1n + BigInt(Math.floor(random.nextFloat() * 2 ** 50)) * 1001n),
      size: gap(unseen && random.nextFloat() < 0.03 ? size * 1e6 : size),
      rooms: gap(rooms),
      garden: gap(garden),
      built: gap(new Date(days * 86_400_000 - 3e11).toISOString().slice(0, 10)),
      seen: gap(
        `${new Date(1.6e12 + Math.floor(random.nextFloat() * 1e11)).toISOString().slice(0, 23).replace('T', ' ')}`,
      ),
      note: 'left out',
      kind: price > 500 ? 'groß' : price > 300 ? 'mittel' : 'klein',
      price: Math.round(price * 100) / 100,
    };
  });
}
