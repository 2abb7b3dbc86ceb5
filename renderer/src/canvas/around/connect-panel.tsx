import { useState } from 'react';
import { specs } from '../../../../nodes/specs.ts';
import type { WireEnd } from '../../../../shared/pipeline/file.ts';
import { portsOf } from '../../../../shared/pipeline/edits/ports.ts';
import { possibleEnds, replacedWire } from '../../../../shared/pipeline/edits/why-not-connect.ts';
import { titleOf } from '../../state/documents/commands.ts';
import { activeDocument } from '../../state/documents/documents.ts';
import { t } from '../../text/t.ts';
import { Dialog } from '../../theme/dialog.tsx';
import { PortGlyph } from '../../theme/port-shape.tsx';
import { SearchField } from '../../theme/text-field.tsx';
import { connectEnds } from '../../drawing/canvas-commands.ts';
import { canvasApi, useCanvas } from '../../drawing/canvas-store.ts';
import list from '../../kinds/kind-search.module.css';
import styles from '../canvas.module.css';

interface Offer {
  from: WireEnd;
  to: WireEnd;
  text: string;
  note: string | undefined;
  wire: Parameters<typeof PortGlyph>[0]['wire'];
}

/** Connecting without a pointer: all wires that a node may have, in words; type to filter, Enter links. */
export function ConnectPanel() {
  const node = useCanvas((s) => s.connecting);
  const close = (): void => {
    useCanvas.setState({ connecting: null });
    canvasApi()?.focus();
  };
  const file = activeDocument()?.file;
  return (
    <Dialog
      title={node && file ? t('canvas.connect.title', { node: titleOf(file, node) }) : ''}
      wide
      isOpen={node !== null}
      onClose={close}
    >
      {node !== null && <Offers node={node} onClose={close} />}
    </Dialog>
  );
}

function Offers({ node, onClose }: { node: string; onClose: () => void }) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const offers = offersOf(node).filter((offer) => offer.text.toLowerCase().includes(text.trim().toLowerCase()));
  const index = Math.min(active, offers.length - 1);
  const pick = (offer: Offer | undefined): void => {
    if (offer && connectEnds(offer.from, offer.to)) onClose();
  };
  return (
    // The keys are those of the field inside: this only takes what the field leaves.
    <div
      role="presentation"
      onKeyDown={(event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step !== undefined) {
          event.preventDefault();
          setActive(Math.max(0, Math.min(offers.length - 1, index + step)));
        } else if (event.key === 'Enter') pick(offers[index]);
      }}
    >
      <SearchField
        label={t('canvas.connect.filter')}
        placeholder={t('canvas.connect.filter')}
        value={text}
        onChange={setText}
        autoFocus
      />
      {offers.length === 0 ? (
        <p className={styles.none}>{t('canvas.connect.none')}</p>
      ) : (
        <ul className={list.options} role="listbox" aria-label={t('canvas.connect.filter')}>
          {offers.map((offer, i) => (
            <li
              key={`${offer.from.node} ${offer.from.port} ${offer.to.node} ${offer.to.port}`}
              role="option"
              aria-selected={i === index}
              className={list.option}
              onClick={() => pick(offer)}
              onPointerMove={() => setActive(i)}
            >
              <PortGlyph wire={offer.wire} surface="var(--s3)" />
              <b>{offer.text}</b>
              {offer.note && <small>{offer.note}</small>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function offersOf(node: string): Offer[] {
  const file = activeDocument()?.file;
  if (file === undefined) return [];
  const ports = portsOf(file, node, specs);
  const say = (end: WireEnd, title: string): string =>
    t('canvas.connect.to', { node: titleOf(file, end.node), port: title });
  const offer = (from: WireEnd, to: WireEnd): Offer => {
    const output = portsOf(file, from.node, specs).outputs[from.port];
    const input = portsOf(file, to.node, specs).inputs[to.port];
    const old = replacedWire(file, specs, to);
    return {
      from,
      to,
      wire: output?.wire ?? 'table',
      text: `${say(from, output?.title ?? from.port)} → ${say(to, input?.title ?? to.port)}`,
      note: old && t('canvas.replaces', { node: titleOf(file, old.from.node) }),
    };
  };
  return [
    ...Object.keys(ports.outputs).flatMap((port) =>
      possibleEnds(file, specs, { node, port }, 'output').map((to) => offer({ node, port }, to)),
    ),
    ...Object.keys(ports.inputs).flatMap((port) =>
      possibleEnds(file, specs, { node, port }, 'input').map((from) => offer(from, { node, port })),
    ),
  ];
}
