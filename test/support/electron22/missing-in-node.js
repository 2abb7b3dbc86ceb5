/* What the shell's main process uses of newer Nodes than Electron 22's. Injected into its bundle. */
Promise.withResolvers ??= () => {
  let resolve;
  let reject;
  const promise = new Promise((...both) => ([resolve, reject] = both));
  return { promise, resolve, reject };
};
if (!('parse' in URL))
  URL.parse = (text, base) => {
    try {
      return new URL(text, base);
    } catch {
      return null;
    }
  };
/** Of headers and answers, what the app's protocol does with them. */
globalThis.Headers ??= class {
  constructor(given) {
    this.values = new Map(given?.values ?? Object.entries(given ?? {}));
  }
  set(name, value) {
    this.values.set(name, value);
  }
};
globalThis.Response ??= class {
  constructor(body, { status = 200, headers } = {}) {
    this.body = body;
    this.status = status;
    this.headers = new Headers(headers);
  }
};
