/** Columns of JSON text. What stands in them was written by this store, so it is trusted when it is read. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The type is named by the caller's variable: JSON.parse promises nothing. */
export const optionalJson = (text: string | null): ReturnType<typeof JSON.parse> =>
  text === null ? null : JSON.parse(text);
