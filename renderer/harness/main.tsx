import { StrictMode, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import '../src/theme/base.css';
import { decodePage } from '../../shared/rpc/page.ts';
import { Grid } from '../src/preview/grid.tsx';
import { createPageBook } from '../src/preview/page-book.ts';
import { shownColumns } from '../src/preview/column-layout.ts';
import * as data from './data.ts';
const query = new URLSearchParams(location.search);
document.documentElement.dataset['theme'] = query.get('theme') ?? 'light';
function GridDemo() {
  const [sort, setSort] = useState<{ column: string; descending: boolean } | null>(null);
  const book = useMemo(() => createPageBook(async (o, l) => { const a = data.page(o, l, ''); return { page: decodePage(a.page), rows: a.rows }; }), [sort]);
  const cols = useMemo(() => shownColumns(data.schema.columns), []);
  return <div style={{ height: 320, display: 'flex', width: 900 }}><Grid label="Rows" columns={cols} rows={data.totalRows} book={book} profile={data.profile} sort={sort} onSort={setSort} onFilter={() => {}} /></div>;
}
const demos: Record<string, () => React.ReactNode> = { grid: () => <GridDemo /> };
createRoot(document.getElementById('root')!).render(<StrictMode>{(demos[query.get('demo') ?? 'grid'] ?? (() => 'none'))()}</StrictMode>);
