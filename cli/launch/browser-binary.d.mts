export type Browser = { name: string; env: Record<string, string> } | { missing: string };
export function ensureBrowser(options: { mayInstall: boolean }): Promise<Browser>;
export function findBrowser(): Browser | undefined;
