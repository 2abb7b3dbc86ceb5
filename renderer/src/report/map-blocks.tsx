import { useEffect, useRef } from 'react';
import type { SurfaceBlock, TilesBlock } from '../../../shared/report.ts';
import { readChartTheme, type ChartTheme } from '../charts/chart-theme.ts';
import { paintSurface, paintValues, readRgb, type MapColors } from './map-canvas.ts';
import styles from './map-blocks.module.css';
import { watchTheme } from '../charts/watch-theme.ts';

const colorsOf = (theme: ChartTheme): MapColors => {
  const [above = theme.ink, below = theme.ink] = theme.series;
  return {
    ground: readRgb(theme.surface),
    above: readRgb(above),
    below: readRgb(below),
    classes: theme.series.map(readRgb),
  };
};

/** Paints when the content or the theme changes. */
function usePainting(paint: (canvas: HTMLCanvasElement, theme: ChartTheme) => void) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const now = (): void => paint(element, readChartTheme(element.parentElement ?? document.body));
    now();
    return watchTheme(now);
  }, [paint]);
  return canvas;
}

function fill(
  canvas: HTMLCanvasElement,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  size: { columns: number; rows: number },
): CanvasRenderingContext2D | null {
  canvas.width = Math.max(1, size.columns);
  canvas.height = Math.max(1, size.rows);
  const context = canvas.getContext('2d');
  if (pixels.length > 0) context?.putImageData(new ImageData(pixels, canvas.width, canvas.height), 0, 0);
  return context;
}

/** What a classifier answers over a plane, with the rows as points. */
export function Surface({ block }: { block: SurfaceBlock }) {
  const canvas = usePainting((element, theme) => void fill(element, paintSurface(block, colorsOf(theme)), block));
  const { x, y, points, classes } = block;
  const place = (value: number, axis: { from: number; to: number }): number =>
    Math.max(0, Math.min(1, (value - axis.from) / (axis.to - axis.from || 1)));
  return (
    <figure className={styles.surface}>
      <figcaption>{block.title}</figcaption>
      <div className={styles.plane} role="img" aria-label={block.caption}>
        <canvas ref={canvas} />
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
          {points.x.map((value, i) => (
            <circle
              key={i}
              cx={100 * place(value, x)}
              cy={100 - 100 * place(points.y[i] ?? 0, y)}
              r="0.9"
              data-class={(points.class[i] ?? 0) % 8}
            />
          ))}
        </svg>
        <small data-axis="x">{x.title}</small>
        <small data-axis="y">{y.title}</small>
      </div>
      <p className={styles.classes}>
        {classes.map((name, i) => (
          <span key={name} data-class={i % 8}>
            {name}
          </span>
        ))}
      </p>
      <p className={styles.caption}>{block.caption}</p>
    </figure>
  );
}

/** Maps side by side on one scale, so that they can be compared. */
export function Tiles({ block }: { block: TilesBlock }) {
  let most = 0;
  for (const { values } of block.tiles) for (const value of values) most = Math.max(most, Math.abs(value));
  return (
    <figure className={styles.tiles} data-few={block.tiles.length === 1 || undefined}>
      <figcaption>
        {block.title} <small>± {most.toPrecision(2)}</small>
      </figcaption>
      <div>
        {block.tiles.map((tile) => (
          <Tile key={tile.label} tile={tile} most={most} />
        ))}
      </div>
      <p className={styles.caption}>{block.caption}</p>
    </figure>
  );
}

function Tile({ tile, most }: { tile: TilesBlock['tiles'][number]; most: number }) {
  const canvas = usePainting(
    (element, theme) => void fill(element, paintValues(tile.values, most, colorsOf(theme)), tile),
  );
  return (
    <span className={styles.tile} role="img" aria-label={tile.label}>
      <canvas ref={canvas} style={{ aspectRatio: `${tile.columns} / ${tile.rows}` }} />
      <small>{tile.label}</small>
    </span>
  );
}
