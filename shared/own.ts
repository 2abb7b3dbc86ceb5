/** What a record itself has under a name. A name that people choose may be `constructor`, which every object has from elsewhere. */
export const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
