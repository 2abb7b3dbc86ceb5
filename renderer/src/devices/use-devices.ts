/** What this machine computes with: asked once a window, and anew when a person says so. */
import { useEffect } from 'react';
import { create } from 'zustand';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { DevicesReport } from '../../../shared/neural/devices.ts';
import { host } from '../rpc/host.ts';
import { useApp } from '../state/window/app-info.ts';

interface DevicesState {
  report: DevicesReport | null;
  problem: Problem | null;
  isAsking: boolean;
}
const useFound = create<DevicesState>()(() => ({ report: null, problem: null, isAsking: false }));

export async function lookForDevices(again: boolean): Promise<void> {
  if (useFound.getState().isAsking) return;
  useFound.setState({ isAsking: true, problem: null });
  try {
    useFound.setState({ report: await host()['devices.list']({ again }), isAsking: false });
  } catch (thrown) {
    useFound.setState({ problem: toProblem(thrown), isAsking: false });
  }
}

/** The look takes a second of a process: it waits until the window stands. */
const afterMs = 2500;

export function useDevices(): DevicesState {
  const isReady = useApp((s) => s.connection === 'ready');
  const state = useFound();
  const isKnown = state.report !== null || state.problem !== null;
  useEffect(() => {
    if (!isReady || isKnown) return;
    const timer = setTimeout(() => void lookForDevices(false), afterMs);
    return () => clearTimeout(timer);
  }, [isReady, isKnown]);
  return state;
}
