import { describe, expect, it } from 'vitest';
import { callExamples } from './call-examples.ts';
import { readCell } from './read-cell.ts';

describe('calling a service', () => {
  it('is shown for three languages, with the token where there is one', () => {
    const [curl, python, typescript] = callExamples('http://127.0.0.1:8123/', 'secret', {
      name: "O'Hara",
      age: 3,
      member: true,
      note: null,
    });
    expect(curl?.text).toBe(
      `curl -s http://127.0.0.1:8123/predict \\\n  -H 'Content-Type: application/json' \\\n  -H 'Authorization: Bearer secret' \\\n  -d '{\n  "rows": [\n    {\n      "name": "O'\\''Hara",\n      "age": 3,\n      "member": true,\n      "note": null\n    }\n  ]\n}'`,
    );
    expect(python?.text).toContain(
      `json={\n        "rows": [{\n            "name": "O'Hara",\n            "age": 3,\n            "member": True,\n            "note": None,\n        }],\n    },`,
    );
    expect(typescript?.text).toContain(`Authorization: 'Bearer secret'`);
    expect(callExamples('http://x', null, {})[0]?.text).not.toContain('Authorization');
  });
  it('stands for a chosen image by the beginning of its bytes', () => {
    const [curl] = callExamples('http://x', null, { image: `data:image/png;base64,${'A'.repeat(500)}`, age: 3 });
    expect(curl?.text).toContain('"image": "data:image/png;base64,AAAAAAAAAAAAAAAAAA…"');
  });
  it('sends an image that is all of a row as the file that it is', () => {
    const [curl] = callExamples('http://x', 'secret', { image: 'data:image/png;base64,AAAA' });
    expect(curl?.text).toBe(
      `curl -s http://x/predict \\\n  -H 'Content-Type: image/png' \\\n  -H 'Authorization: Bearer secret' \\\n  --data-binary @image.png`,
    );
  });
  it('reads what was typed as the column has it; empty is missing; numbers beyond doubles stay texts', () => {
    expect([
      readCell('', 'DOUBLE'),
      readCell('1,5', 'DOUBLE'),
      readCell('7', 'BIGINT'),
      readCell('9007199254740993', 'BIGINT'),
      readCell('true', 'BOOLEAN'),
      readCell('no', 'BOOLEAN'),
      readCell('12', 'VARCHAR'),
      readCell('abc', 'DOUBLE'),
    ]).toEqual([null, 1.5, 7, '9007199254740993', true, false, '12', 'abc']);
  });
});
