/** What a turn of the wheel means, told from the event itself: a pinch and a mouse wheel zoom, two fingers on a touchpad pan. */
export interface WheelLike {
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  deltaX: number;
  deltaY: number;
  deltaMode: number;
}
export function wheelMeans(event: WheelLike): 'zoom' | 'pan' {
  if (event.ctrlKey || event.metaKey) return 'zoom';
  if (event.shiftKey || event.deltaX !== 0) return 'pan';
  // Lines and pages come from mice alone; so do big whole steps without a sideways part.
  if (event.deltaMode !== 0) return 'zoom';
  return Math.abs(event.deltaY) >= 50 && Number.isInteger(event.deltaY) ? 'zoom' : 'pan';
}
