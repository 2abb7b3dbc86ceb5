import { Suspense, type ComponentType } from 'react';
import { useView, type Screen } from '../state/window/view.ts';
import { addTexts, t } from '../text/t.ts';
import { EmptyState } from '../theme/surface.tsx';
import { later } from '../loading/later.tsx';

/** Models and services: each of the two says what the other says too. */
async function withServedTexts(screen: Promise<ComponentType>): Promise<ComponentType> {
  const [loaded, { models, services }] = await Promise.all([screen, import('../text/en/served.ts')]);
  addTexts({ models, services });
  return loaded;
}
const runs = later(async () => (await import('../runs/runs-screen.tsx')).RunsScreen);
const models = later(() => withServedTexts(import('../models/models-screen.tsx').then((m) => m.ModelsScreen)));
const services = later(() => withServedTexts(import('../services/services-screen.tsx').then((m) => m.ServicesScreen)));
const language = later(async () => {
  const [{ LanguageScreen: screen }, texts] = await Promise.all([
    import('../language/language-screen.tsx'),
    import('../text/en/language.ts'),
  ]);
  addTexts(texts);
  return screen;
});
const clusters = later(async () => (await import('../clusters/clusters-screen.tsx')).ClustersScreen);
const labels = later<{ node: string }>(async () => (await import('../labels/labels-screen.tsx')).default);
const report = later<{ reportKey: string; node: string }>(
  async () => (await import('../report/report-screen.tsx')).default,
);

export const loadSideScreens = (): Promise<unknown> =>
  Promise.allSettled([runs, models, services, language, clusters, labels, report].map(({ load }) => load()));

/** The screens beside start and pipeline; each comes when it is first looked at, if it was not there before. */
export function SideScreens() {
  const screen = useView((s) => s.screen);
  return (
    <Suspense fallback={<EmptyState title={t('common.loading')} />}>
      <Chosen screen={screen} />
    </Suspense>
  );
}

function Chosen({ screen }: { screen: Screen }) {
  switch (screen.name) {
    case 'runs':
      return <runs.Component />;
    case 'models':
      return <models.Component />;
    case 'services':
      return <services.Component />;
    case 'labels':
      return <labels.Component node={screen.node} />;
    case 'language':
      return <language.Component />;
    case 'clusters':
      return <clusters.Component />;
    case 'report':
      return <report.Component reportKey={screen.key} node={screen.node} />;
    case 'start':
    case 'pipeline':
      return null;
  }
}
