/** Colours and type of a chart, read from the tokens of the page, so that light and dark are the page's and not the library's. */
export interface ChartTheme {
  ink: string;
  quietInk: string;
  line: string;
  axisLine: string;
  surface: string;
  /** One colour a series; the first is the accent. */
  series: readonly string[];
  font: string;
}

const seriesTokens = ['--acc', '--eval', '--feat', '--model', '--deploy', '--llm', '--clean', '--gov'] as const;

/** Tokens are `light-dark()` pairs: only a computed colour tells which of the two holds. */
export function readChartTheme(element: HTMLElement): ChartTheme {
  const probe = document.createElement('span');
  probe.style.display = 'none';
  element.append(probe);
  const token = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const theme: ChartTheme = {
    ink: token('--t1'),
    quietInk: token('--t3'),
    line: token('--l1'),
    axisLine: token('--l3'),
    surface: token('--s2'),
    series: seriesTokens.map(token),
    font: '"Inter Variable", Inter, system-ui, sans-serif',
  };
  probe.remove();
  return theme;
}
