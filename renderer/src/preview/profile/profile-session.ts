/** Profiles of open previews: first of a sample, then exact. Kept for the previews seen last. */
import { useEffect } from 'react';
import { create } from 'zustand';
import { toProblem, type Problem } from '../../../../shared/errors.ts';
import { followProfile } from '../open-previews.ts';
import type { Profile } from '../../text/profile-words.ts';

interface ProfileEntry {
  profile: Profile | null;
  problem: Problem | null;
}
const useProfiles = create<{ entries: Readonly<Record<string, ProfileEntry>> }>()(() => ({ entries: {} }));
const kept = 8;
const none: ProfileEntry = { profile: null, problem: null };

export function useProfile(preview: string | null): ProfileEntry {
  useEffect(() => {
    if (preview !== null) void follow(preview);
  }, [preview]);
  return useProfiles((s) => (preview === null ? none : (s.entries[preview] ?? none)));
}

async function follow(preview: string): Promise<void> {
  if (Object.hasOwn(useProfiles.getState().entries, preview)) return;
  put(preview, none);
  try {
    for await (const profile of followProfile(preview)) put(preview, { profile, problem: null });
  } catch (thrown) {
    const before = useProfiles.getState().entries[preview];
    if (before !== undefined && before.profile === null) put(preview, { profile: null, problem: toProblem(thrown) });
  }
}

function put(preview: string, entry: ProfileEntry): void {
  useProfiles.setState(({ entries }) => {
    const rest = Object.entries(entries).filter(([id]) => id !== preview);
    return { entries: Object.fromEntries([...rest.slice(1 - kept), [preview, entry]]) };
  });
}
