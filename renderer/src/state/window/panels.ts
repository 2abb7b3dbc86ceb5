/** From panel to panel by keys: each part of the window that is marked `data-panel`, in the order of the page. */

/** What can have the focus and is reached by Tab. */
const reachable =
  'button:not([disabled], [tabindex="-1"]), input:not([disabled], [tabindex="-1"]), textarea, select, [tabindex="0"], a[href]';

/** The next panel after the one that has the focus; with −1 the one before. A panel remembers nothing: its first field gets the focus. */
export function focusNextPanel(step: 1 | -1): void {
  const panels = [...document.querySelectorAll<HTMLElement>('[data-panel]')];
  const now = panels.findLastIndex((panel) => panel.contains(document.activeElement));
  for (let i = 1; i <= panels.length; i++) {
    const from = now < 0 ? (step === 1 ? -1 : 0) : now;
    const panel = panels[(((from + step * i) % panels.length) + panels.length) % panels.length];
    const target = panel && firstIn(panel);
    if (target === undefined) continue;
    target.focus();
    return;
  }
}

/** Nothing has the focus, or the rail's entry of a screen that was left by a key: the screen in front may take it. */
export function isFocusFree(): boolean {
  const now = document.activeElement;
  return (
    now === null ||
    now === document.body ||
    (now.closest('[data-panel="rail"]') !== null && now.getAttribute('aria-current') === null)
  );
}

/** Gives a panel the focus; false: it is not there, or nothing in it can have it. */
export function focusPanel(name: string): boolean {
  const panel = document.querySelector<HTMLElement>(`[data-panel="${name}"]`);
  const target = panel === null ? undefined : firstIn(panel);
  target?.focus();
  return target !== undefined;
}

/** What Tab reaches first; of a form its first control, not the menu beside its name. */
function firstIn(panel: HTMLElement): HTMLElement | undefined {
  if (panel.matches('[tabindex="0"]')) return panel;
  const found = [...panel.querySelectorAll<HTMLElement>(reachable)].filter(
    (element) =>
      element.getAttribute('role') !== 'separator' &&
      element.closest('[data-field-label]') === null &&
      element.checkVisibility(),
  );
  return found[0];
}
