import type { Point } from '../../../shared/pipeline/edits/graph.ts';

const settledMs = 120;

export interface Hand {
  /** Where the pointer is, while it is over the canvas. */
  pointer: () => Point | undefined;
  stop: () => void;
}

/** Follows the pointer over the canvas, and fills the canvas anew after its size has settled and no button is held. */
export function followHand(element: HTMLElement | null, fill: () => void): Hand {
  let pointer: Point | undefined;
  /** From the press of a button to its release, wherever that is. */
  let isHeld = false;
  const press = (): void => {
    isHeld = true;
  };
  const move = (event: PointerEvent): void => {
    pointer = [event.clientX, event.clientY];
  };
  const leave = (): void => {
    pointer = undefined;
  };
  element?.addEventListener('pointermove', move);
  element?.addEventListener('pointerleave', leave);
  // Before the library that draws the canvas hears of it: it keeps some presses to itself.
  element?.addEventListener('pointerdown', press, true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOwed = false;
  const fillOnceSettled = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Nothing moves under a hand that draws a wire or drags a card.
      isOwed = isHeld;
      if (!isHeld) fill();
    }, settledMs);
  };
  const release = (): void => {
    isHeld = false;
    if (isOwed) fillOnceSettled();
  };
  window.addEventListener('pointerup', release, true);
  window.addEventListener('pointercancel', release, true);
  // Once the panels have found their places.
  const resized = new ResizeObserver(fillOnceSettled);
  if (element !== null) resized.observe(element);
  return {
    pointer: () => pointer,
    stop: () => {
      clearTimeout(timer);
      resized.disconnect();
      element?.removeEventListener('pointermove', move);
      element?.removeEventListener('pointerleave', leave);
      element?.removeEventListener('pointerdown', press, true);
      window.removeEventListener('pointerup', release, true);
      window.removeEventListener('pointercancel', release, true);
    },
  };
}
