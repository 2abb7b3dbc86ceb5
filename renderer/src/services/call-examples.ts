/** How another program asks a service, in three ways. Values of the row stand in it as they were typed. */
export interface CallExample {
  id: 'curl' | 'python' | 'typescript';
  title: string;
  text: string;
}

/** The bytes of a chosen image are too long to be read: their beginning stands for them. */
const shortened = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('data:') && value.length > 60 ? `${value.slice(0, 40)}…` : value;

/** The kind of an image that is all that a row has: a service takes its file as it is. */
function imageAlone(given: Readonly<Record<string, unknown>>): string | undefined {
  const values = Object.values(given);
  const [only] = values;
  return values.length === 1 && typeof only === 'string' ? /^data:(image\/[\w.+-]+);/.exec(only)?.[1] : undefined;
}

export function callExamples(
  url: string,
  token: string | null,
  given: Readonly<Record<string, unknown>>,
): CallExample[] {
  const row = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, shortened(value)]));
  const address = `${url.replace(/\/$/, '')}/predict`;
  const body = JSON.stringify({ rows: [row] }, null, 2);
  const bearer = token === null ? '' : ` \\\n  -H 'Authorization: Bearer ${token}'`;
  const image = imageAlone(given);
  return [
    {
      id: 'curl',
      title: 'curl',
      text:
        image === undefined
          ? `curl -s ${address} \\\n  -H 'Content-Type: application/json'${bearer} \\\n  -d '${body.replaceAll("'", String.raw`'\''`)}'`
          : `curl -s ${address} \\\n  -H 'Content-Type: ${image}'${bearer} \\\n  --data-binary @image.${image.replace(/^image\//, '')}`,
    },
    {
      id: 'python',
      title: 'Python',
      text: `import requests\n\nanswer = requests.post(\n    "${address}",\n    json=${python({ rows: [row] }, '    ')},${token === null ? '' : `\n    headers={"Authorization": "Bearer ${token}"},`}\n)\nprint(answer.json())`,
    },
    {
      id: 'typescript',
      title: 'TypeScript',
      text: `const answer = await fetch('${address}', {\n  method: 'POST',\n  headers: { 'Content-Type': 'application/json'${token === null ? '' : `, Authorization: 'Bearer ${token}'`} },\n  body: JSON.stringify(${JSON.stringify({ rows: [row] }, null, 2).replaceAll('\n', '\n  ')}),\n});\nconsole.log(await answer.json());`,
    },
  ];
}

/** As Python writes it, one value a line. */
function python(value: unknown, indent: string): string {
  const inner = `${indent}    `;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((item) => python(item, indent)).join(', ')}]`;
  if (typeof value === 'object')
    return `{\n${Object.entries(value)
      .map(([k, v]) => `${inner}${JSON.stringify(k)}: ${python(v, inner)},\n`)
      .join('')}${indent}}`;
  return JSON.stringify(value);
}
