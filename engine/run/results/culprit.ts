/** Which node a fused query failed at. */
import type { Connections } from '../../table/connections.ts';
import { composeQuery, type TableValue } from '../../recipe/compose/table-value.ts';

/** The node of the first table of the chain that fails when it is read whole; nothing where all can be read. */
export async function findCulprit(connections: Connections, value: TableValue): Promise<string | undefined> {
  for (const [i, cte] of value.ctes.entries()) {
    if (cte.node === undefined) continue;
    const upToHere = { ctes: value.ctes.slice(0, i + 1), from: cte.name };
    const works = await connections
      .use(value.mixes, (db) =>
        db.query(composeQuery(upToHere, (from) => `SELECT bit_xor(hash(COLUMNS(*))) FROM ${from}`)),
      )
      .then(
        () => true,
        () => false,
      );
    if (!works) return cte.node;
  }
  return undefined;
}
