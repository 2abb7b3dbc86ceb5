import { FileDown, Play } from 'lucide-react';
import { runAction } from '../actions/registry.ts';
import { useApp } from '../state/window/app-info.ts';
import { useActive } from '../state/documents/documents.ts';
import { documentTitle } from '../state/files/files.ts';
import { runPipeline } from '../state/runs/run-commands.ts';
import { showScreen } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { openAndRun } from './more-examples.tsx';

/** What leads on where no run has left anything yet: the pipeline that is open, a file of one's own, an example that works. */
export function FirstSteps() {
  const open = useActive((document) => (document === undefined ? undefined : documentTitle(document)));
  const example = useApp((s) => s.info?.examples[0]);
  const runOpen = (): void => {
    showScreen({ name: 'pipeline' });
    void runPipeline();
  };
  return (
    <>
      {open !== undefined && (
        <Button look="primary" icon={Play} iconSize={11} solidIcon onPress={runOpen}>
          {t('start.runOpen', { title: open })}
        </Button>
      )}
      <Button
        look={open === undefined ? 'primary' : 'plain'}
        icon={FileDown}
        onPress={() => runAction('file.open-csv')}
      >
        {t('start.csv')}
      </Button>
      {example && (
        <Button icon={Play} iconSize={11} solidIcon onPress={() => void openAndRun(example.path)}>
          {t('start.runExample', { title: example.title })}
        </Button>
      )}
    </>
  );
}
