import { lazy, Suspense } from 'react';
import { useView } from '../state/view.ts';
import { addTexts, t } from '../text/t.ts';
import { EmptyState } from '../theme/surface.tsx';

const RunsScreen = lazy(() => import('../runs/runs-screen.tsx').then((m) => ({ default: m.RunsScreen })));
/** Each of the two says what the other says too. */
async function withServedTexts<T>(screen: Promise<T>): Promise<T> {
  const [loaded, { models, services }] = await Promise.all([screen, import('../text/en/served.ts')]);
  addTexts({ models, services });
  return loaded;
}
const ModelsScreen = lazy(async () => {
  const { ModelsScreen: screen } = await withServedTexts(import('../models/models-screen.tsx'));
  return { default: screen };
});
const ServicesScreen = lazy(async () => {
  const { ServicesScreen: screen } = await withServedTexts(import('../services/services-screen.tsx'));
  return { default: screen };
});
const LabelsScreen = lazy(() => import('../labels/labels-screen.tsx'));
const LanguageScreen = lazy(async () => {
  const [{ LanguageScreen: screen }, { language }] = await Promise.all([
    import('../language/language-screen.tsx'),
    import('../text/en/language.ts'),
  ]);
  addTexts({ language });
  return { default: screen };
});
const ClustersScreen = lazy(() =>
  import('../clusters/clusters-screen.tsx').then((m) => ({ default: m.ClustersScreen })),
);
const ReportScreen = lazy(() => import('../report/report-screen.tsx'));

/** The screens beside start and pipeline; each comes when it is first looked at. */
export function SideScreens() {
  return (
    <Suspense fallback={<EmptyState title={t('common.loading')} />}>
      <Chosen />
    </Suspense>
  );
}

function Chosen() {
  const screen = useView((s) => s.screen);
  switch (screen.name) {
    case 'runs':
      return <RunsScreen />;
    case 'models':
      return <ModelsScreen />;
    case 'services':
      return <ServicesScreen />;
    case 'labels':
      return <LabelsScreen node={screen.node} />;
    case 'language':
      return <LanguageScreen />;
    case 'clusters':
      return <ClustersScreen />;
    case 'report':
      return <ReportScreen reportKey={screen.key} node={screen.node} />;
    case 'start':
    case 'pipeline':
      return null;
  }
}
