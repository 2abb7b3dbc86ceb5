import { useState } from 'react';
import { nodeId } from '../../../shared/pipeline/file.ts';
import { changeId, changeNote } from '../state/documents/commands.ts';
import { activeDocument, usePipeline } from '../state/documents/documents.ts';
import { PlaceSection } from '../clusters/place-section.tsx';
import { select } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { TextField } from '../theme/text-field.tsx';
import styles from './inspector.module.css';

/** A person's note on the node, and its name in the file. */
export function NotesTab({ node }: { node: string }) {
  const note = usePipeline((file) => file.nodes[node]?.note) ?? '';
  const [id, setId] = useState(node);
  const taken = id !== node && Object.hasOwn(activeDocument()?.file.nodes ?? {}, id);
  const error = taken ? t('inspector.idTaken') : nodeId.safeParse(id).success ? undefined : t('inspector.idForm');
  const rename = (): void => {
    if (error !== undefined || id === node) return;
    changeId(node, id);
    select({ nodes: [id] });
  };
  return (
    <div className={styles.section} style={{ display: 'grid', gap: 14 }}>
      <TextField
        label={t('inspector.note')}
        layout="stack"
        multiline
        value={note}
        help={t('inspector.noteHint')}
        onChange={(text) => changeNote(node, text)}
      />
      <PlaceSection node={node} />
      <TextField
        label={t('inspector.id')}
        layout="stack"
        mono
        value={id}
        onChange={setId}
        help={t('inspector.idHint')}
        error={error}
        onBlur={rename}
        onKeyDown={(event) => {
          if (event.key === 'Enter') rename();
          else event.continuePropagation();
        }}
      />
    </div>
  );
}
