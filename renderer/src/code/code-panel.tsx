import { Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import { host } from '../rpc/host.ts';
import type { Answer } from '../rpc/host-client.ts';
import { useCheck } from '../state/runs/check.ts';
import { titleOf } from '../state/documents/commands.ts';
import { documentOf, usePipeline } from '../state/documents/documents.ts';
import { usePreviewTarget, type PreviewTarget } from '../state/window/preview-target.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Segmented } from '../theme/choice.tsx';
import { EmptyState } from '../theme/surface.tsx';
import styles from './code.module.css';

/** The SQL that the selected node stands for, alone or with the whole chain before it. */
export function CodePanel() {
  const target = usePreviewTarget();
  return target === null ? (
    <EmptyState title={t('preview.none')} />
  ) : (
    <NodeCode key={`${target.node}.${target.port}`} target={target} />
  );
}

function NodeCode({ target }: { target: PreviewTarget }) {
  const [scope, setScope] = useState<'sql' | 'chain'>('sql');
  const [code, setCode] = useState<Answer<'plan.code'>>();
  const [problem, setProblem] = useState<Problem>();
  const title = usePipeline((file) => titleOf(file, target.node)) ?? target.node;
  // Each answer of the check means that something may read differently.
  const checked = useCheck((r) => r);
  const { draft, node, port } = target;
  useEffect(() => {
    const document = documentOf(draft);
    if (document === undefined) return;
    const abort = new AbortController();
    host()
      ['plan.code']({ pipeline: { path: document.path, file: document.file }, node, port }, { signal: abort.signal })
      .then((answer) => {
        setCode(answer);
        setProblem(undefined);
      })
      .catch((thrown: unknown) => {
        if (!abort.signal.aborted) setProblem(toProblem(thrown));
      });
    return () => abort.abort();
  }, [draft, node, port, checked]);
  if (problem !== undefined)
    return <EmptyState title={t('preview.openFailed')} hint={`${problem.message} ${problem.mend ?? ''}`} />;
  if (code === undefined) return <EmptyState title={t('common.loading')} />;
  const text = code[scope];
  return (
    <div className={styles.panel}>
      <div className={styles.tools}>
        <Segmented
          label={t('preview.code.scope')}
          value={scope}
          onChange={(id) => setScope(id === 'chain' ? 'chain' : 'sql')}
          options={[
            { id: 'sql', title: t('preview.code.node') },
            { id: 'chain', title: t('preview.code.chain') },
          ]}
        />
        <Button
          size="small"
          look="quiet"
          icon={Copy}
          iconSize={12}
          onPress={() => void navigator.clipboard?.writeText(text)}
        >
          {t('preview.code.copy')}
        </Button>
      </div>
      {text.trim() === '' ? (
        <EmptyState title={t('preview.code.none', { node: title })} hint={t('preview.code.noneHint')} />
      ) : (
        <pre className={styles.code} tabIndex={0}>
          {text}
        </pre>
      )}
    </div>
  );
}
