/** A column's name as an expression takes it: bare where SQL allows, else in double quotes. */
export const quoteName = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** Words of SQL that people do use as names of columns. */
const reserved: ReadonlySet<string> = new Set(['all', 'and', 'any', 'as', 'asc', 'case', 'check', 'column', 'default', 'desc', 'distinct', 'else', 'end', 'false', 'for', 'from', 'group', 'having', 'in', 'into', 'is', 'like', 'limit', 'not', 'null', 'offset', 'on', 'or', 'order', 'select', 'table', 'then', 'to', 'true', 'union', 'user', 'using', 'when', 'where', 'with']);
