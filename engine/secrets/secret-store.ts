/** Secrets by name. Where they lie is for whoever opens the store: the system's keychain in the desktop, an encrypted file elsewhere. */
export interface SecretStore {
  names: () => Promise<string[]>;
  /** Undefined: there is none of that name. */
  read: (name: string) => Promise<string | undefined>;
  set: (name: string, value: string) => Promise<void>;
  /** Whether there was one. */
  remove: (name: string) => Promise<boolean>;
}

export const secretName = /^[A-Za-z0-9._-]{1,80}$/;

/** The first store that has it answers; what is set goes into the first. */
export const firstOf = (stores: readonly [SecretStore, ...SecretStore[]]): SecretStore => ({
  names: async () => [...new Set((await Promise.all(stores.map((store) => store.names()))).flat())].sort(),
  read: async (name) => {
    for (const store of stores) {
      const value = await store.read(name);
      if (value !== undefined) return value;
    }
    return undefined;
  },
  set: (name, value) => stores[0].set(name, value),
  remove: async (name) => (await Promise.all(stores.map((store) => store.remove(name)))).includes(true),
});
