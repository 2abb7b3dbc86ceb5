import { Download, Info, TriangleAlert } from 'lucide-react';
import { useRef } from 'react';
import { unreachable } from '../../../shared/errors.ts';
import type { ReportBlock } from '../../../shared/report.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { Icon } from '../theme/icon.tsx';
import { cardClass } from '../theme/surface.tsx';
import { BlockCard } from './block-card.tsx';
import { leastHeightPx } from '../charts/chart-option.ts';
import { ChartView, type ChartHandle } from '../charts/chart-view.tsx';
import { FramesView } from './frames-block.tsx';
import { ImagesBlock } from './images-block.tsx';
import { Surface, Tiles } from './map-blocks.tsx';
import { MatrixBlock } from './matrix-block.tsx';
import { MetricTiles } from './metric-tiles.tsx';
import { isFraction, sayReportCell, tableCsv } from '../text/report-text.ts';
import styles from './report.module.css';
import { fileNameOf, saveFile } from './save-file.ts';
import { TokensBlock } from './tokens-block.tsx';

/** One block of the closed set. `baseline`: the metrics of a report to compare with. */
export function ReportBlockView({ block }: { block: ReportBlock }) {
  switch (block.type) {
    case 'metrics':
      return <MetricTiles block={block} />;
    case 'table':
      return <TableBlock block={block} />;
    case 'chart':
      return <ChartCard block={block} />;
    case 'matrix':
      return <MatrixBlock block={block} />;
    case 'surface':
      return (
        <BlockCard title={block.title}>
          <Surface block={block} />
        </BlockCard>
      );
    case 'tiles':
      return (
        <BlockCard title={block.title}>
          <Tiles block={block} />
        </BlockCard>
      );
    case 'frames':
      return <FramesView block={block} />;
    case 'tokens':
      return <TokensBlock block={block} />;
    case 'images':
      return <ImagesBlock block={block} />;
    case 'text':
      return <TextBlock block={block} />;
    default:
      return unreachable(block);
  }
}

function ChartCard({ block }: { block: Extract<ReportBlock, { type: 'chart' }> }) {
  const handle = useRef<ChartHandle>(null);
  const save = (): void => {
    const svg = handle.current?.svg();
    if (svg !== undefined) saveFile(fileNameOf(block.title, 'svg'), 'image/svg+xml', svg);
  };
  return (
    <BlockCard
      title={block.title}
      wide={block.facet !== undefined}
      tools={<IconButton icon={Download} size="small" iconSize={13} label={t('report.saveSvg')} onPress={save} />}
    >
      <div
        className={styles.chart}
        data-facets={block.facet === undefined ? undefined : true}
        style={{ minHeight: leastHeightPx(block) }}
      >
        <ChartView block={block} handle={handle} />
      </div>
      {(block.caption !== '' || block.help) && (
        <p className={styles.caption} title={block.help}>
          {block.caption === '' ? block.help : block.caption}
        </p>
      )}
    </BlockCard>
  );
}

function TableBlock({ block }: { block: Extract<ReportBlock, { type: 'table' }> }) {
  const save = (): void => saveFile(fileNameOf(block.title, 'csv'), 'text/csv', tableCsv(block));
  const fractions = block.columns.map((_, j) => block.rows.some((row) => isFraction(row[j] ?? null)));
  return (
    <BlockCard
      title={block.title}
      wide={block.columns.length > 4}
      tools={<IconButton icon={Download} size="small" iconSize={13} label={t('report.saveCsv')} onPress={save} />}
    >
      {/* Long tables scroll: the keyboard must get there. */}
      <div className={styles.tableRoom} tabIndex={0} role="group" aria-label={block.title}>
        <table className={styles.table}>
          <thead>
            <tr>
              {block.columns.map((column) => (
                <th key={column.name} scope="col" data-align={column.align}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, i) => (
              <tr key={i}>
                {block.columns.map((column, j) => (
                  <td key={column.name} data-align={column.align}>
                    {sayReportCell(row[j] ?? null, fractions[j])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {block.caption && <p className={styles.caption}>{block.caption}</p>}
    </BlockCard>
  );
}

function TextBlock({ block }: { block: Extract<ReportBlock, { type: 'text' }> }) {
  return (
    <section
      className={`${cardClass} ${styles.block} ${styles.wide} ${styles.text}`}
      data-tone={block.tone}
      role={block.tone === 'warning' ? 'note' : undefined}
    >
      {block.tone !== 'plain' && <Icon of={block.tone === 'warning' ? TriangleAlert : Info} size={15} />}
      <div>
        {block.title && <h3>{block.title}</h3>}
        {block.text.split('\n').map((line, i) => (
          <p key={i}>{line}</p>
        ))}
      </div>
    </section>
  );
}
