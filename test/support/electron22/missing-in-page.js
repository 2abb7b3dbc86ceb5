/* What the window uses of newer browsers than Electron 22's Chromium 108. Runs before its modules. */
(() => {
  const give = (object, methods) => {
    for (const [name, value] of Object.entries(methods))
      if (!(name in object)) Object.defineProperty(object, name, { value, writable: true, configurable: true });
  };
  give(Symbol, { dispose: Symbol('dispose'), asyncDispose: Symbol('asyncDispose') });
  const copies = {
    toSorted(compare) {
      return this.slice().sort(compare);
    },
    toReversed() {
      return this.slice().reverse();
    },
    with(index, value) {
      const copy = this.slice();
      copy[index < 0 ? copy.length + index : index] = value;
      return copy;
    },
  };
  give(Array.prototype, copies);
  give(Array.prototype, {
    toSpliced(...given) {
      const copy = this.slice();
      copy.splice(...given);
      return copy;
    },
  });
  give(Object.getPrototypeOf(Uint8Array.prototype), copies);
  give(Array, {
    async fromAsync(items, map = (item) => item) {
      const made = [];
      for await (const item of items) made.push(await map(item, made.length));
      return made;
    },
  });
  const groups = (items, keyOf) => {
    const found = new Map();
    let index = 0;
    for (const item of items) {
      const key = keyOf(item, index++);
      found.set(key, [...(found.get(key) ?? []), item]);
    }
    return found;
  };
  give(Map, { groupBy: groups });
  give(Object, { groupBy: (items, keyOf) => Object.fromEntries(groups(items, keyOf)) });
  give(Promise, {
    withResolvers() {
      let resolve;
      let reject;
      const promise = new Promise((...both) => ([resolve, reject] = both));
      return { promise, resolve, reject };
    },
    try: async (work, ...given) => work(...given),
  });
  give(URL, {
    canParse: (...given) => URL.parse(...given) !== null,
    parse: (...given) => {
      try {
        return new URL(...given);
      } catch {
        return null;
      }
    },
  });
  give(AbortSignal, {
    any: (signals) => {
      const both = new AbortController();
      for (const signal of signals) {
        const pass = () => both.abort(signal.reason);
        if (signal.aborted) pass();
        else signal.addEventListener('abort', pass, { once: true });
      }
      return both.signal;
    },
  });
  give(Set.prototype, {
    union(other) {
      return new Set([...this, ...other.keys()]);
    },
    intersection(other) {
      return new Set([...this].filter((item) => other.has(item)));
    },
    difference(other) {
      return new Set([...this].filter((item) => !other.has(item)));
    },
    isSubsetOf(other) {
      return [...this].every((item) => other.has(item));
    },
    isDisjointFrom(other) {
      return [...this].every((item) => !other.has(item));
    },
  });
  give(Object.getPrototypeOf(Object.getPrototypeOf([].values())), {
    *map(change) {
      let index = 0;
      for (const item of this) yield change(item, index++);
    },
    *filter(keep) {
      let index = 0;
      for (const item of this) if (keep(item, index++)) yield item;
    },
    *flatMap(change) {
      let index = 0;
      for (const item of this) yield* change(item, index++);
    },
    *take(count) {
      if (count <= 0) return;
      for (const item of this) {
        yield item;
        if (--count <= 0) return;
      }
    },
    *drop(count) {
      for (const item of this) if (count-- <= 0) yield item;
    },
    toArray() {
      return [...this];
    },
    forEach(act) {
      [...this].forEach((item, index) => act(item, index));
    },
    some(test) {
      for (const item of this) if (test(item)) return true;
      return false;
    },
    every(test) {
      for (const item of this) if (!test(item)) return false;
      return true;
    },
    find(test) {
      for (const item of this) if (test(item)) return item;
    },
    reduce(join, ...first) {
      return [...this].reduce(join, ...first);
    },
  });
})();
