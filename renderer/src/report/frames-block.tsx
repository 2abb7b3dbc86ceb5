import { ChevronLeft, ChevronRight, Pause, Play } from 'lucide-react';
import { useEffect, useState, type CSSProperties } from 'react';
import type { FramesBlock } from '../../../shared/report.ts';
import { sayCount } from '../text/say.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { BlockCard } from './block-card.tsx';
import { Surface, Tiles } from './map-blocks.tsx';
import styles from './map-blocks.module.css';

/** So long each moment stands while it plays. */
const momentMs = 250;

/** The same pictures at many moments: stepped through with a slider, by keys, or played. */
export function FramesView({ block }: { block: FramesBlock }) {
  const last = block.frames.length - 1;
  const [index, setIndex] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => setIndex((i) => Math.min(last, i + 1)), momentMs);
    return () => clearInterval(timer);
  }, [isPlaying, last]);
  // Playing ends at the last moment, and begins anew from there.
  const runs = isPlaying && index < last;
  const frame = block.frames[Math.min(index, last)];
  if (frame === undefined) return null;
  const style: CSSProperties & { '--part': number } = { '--part': last === 0 ? 1 : index / last };
  return (
    <BlockCard title={block.title} note={block.caption} wide>
      <div className={styles.player}>
        <IconButton
          icon={runs ? Pause : Play}
          iconSize={14}
          label={t(runs ? 'report.pause' : 'report.play')}
          onPress={() => {
            if (!runs && index >= last) setIndex(0);
            setPlaying(!runs);
          }}
        />
        <IconButton
          icon={ChevronLeft}
          iconSize={14}
          label={t('report.momentBefore')}
          isDisabled={index === 0}
          onPress={() => setIndex((i) => Math.max(0, i - 1))}
        />
        <IconButton
          icon={ChevronRight}
          iconSize={14}
          label={t('report.nextMoment')}
          isDisabled={index >= last}
          onPress={() => setIndex((i) => Math.min(last, i + 1))}
        />
        <input
          type="range"
          className={styles.range}
          style={style}
          aria-label={block.title}
          aria-valuetext={`${block.unit} ${frame.at}, ${frame.says}`}
          min={0}
          max={last}
          value={index}
          onChange={(event) => {
            setPlaying(false);
            setIndex(Number(event.target.value));
          }}
        />
        <b>{`${block.unit} ${sayCount(frame.at)}`}</b>
        <span>{frame.says}</span>
      </div>
      <div className={styles.moment}>
        {frame.blocks.map((one) =>
          one.type === 'surface' ? <Surface key={one.title} block={one} /> : <Tiles key={one.title} block={one} />,
        )}
      </div>
    </BlockCard>
  );
}
