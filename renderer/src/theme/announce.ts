import { create } from 'zustand';

/** The last thing said to those who listen instead of look. */
export const useAnnouncement = create<{ text: string; count: number }>()(() => ({ text: '', count: 0 }));
export const announce = (text: string): void => useAnnouncement.setState((s) => ({ text, count: s.count + 1 }));
