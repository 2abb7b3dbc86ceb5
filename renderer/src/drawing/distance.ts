/** How much of a card is drawn at a zoom: all of it, its title and state in letters that can still be read, or a coloured block. */
export type Distance = 'near' | 'block' | number;

const nearZoom = 0.5;
const blockZoom = 0.15;
/** A few steps, so that zooming draws cards anew only where one is crossed. */
const steps = [0.5, 0.42, 0.35, 0.29, 0.24, 0.2, 0.15];
/** Below it a stripe of the category's colour stands for the icon, and the title has its room. */
export const tileZoom = 0.42;

export const distance = (zoom: number): Distance =>
  zoom >= nearZoom ? 'near' : zoom < blockZoom ? 'block' : (steps.findLast((step) => step > zoom) ?? nearZoom);

/** Size of a text on the canvas that is to be about 10 px on the screen at this zoom; no larger than a card can hold. */
export const farTextPx = (zoom: number): number => Math.round(Math.min(30, Math.max(11, 10.5 / zoom)));
