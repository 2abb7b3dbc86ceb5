/**
 * Dynamic batching: what waits while something is computed is answered together. Each request gets its own answers, and its own error: where the whole fails,
 * halves are tried until the one that fails stands alone.
 */
export interface GatherOptions {
  /** Rows that are answered at once; a request of more is answered by itself. */
  mostRows?: number;
  /** How long the first waits for as many others as came the last time. Who asks alone never waits. */
  waitMs?: number;
}

interface Waiting<Row, Answer> {
  rows: readonly Row[];
  resolve: (answers: readonly Answer[]) => void;
  reject: (reason: unknown) => void;
}

export function gatherRequests<Row, Answer>(
  answer: (rows: readonly Row[]) => Promise<readonly Answer[]>,
  { mostRows = 512, waitMs = 2 }: GatherOptions = {},
): (rows: readonly Row[]) => Promise<readonly Answer[]> {
  const waiting: Waiting<Row, Answer>[] = [];
  let isBusy = false;
  let together = 1;
  let timer: NodeJS.Timeout | undefined;

  function next(): void {
    if (isBusy || waiting.length === 0) return;
    if (waiting.length >= together) begin();
    else timer ??= setTimeout(begin, waitMs);
  }
  function begin(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isBusy || waiting.length === 0) return;
    const part = take(waiting, mostRows);
    together = part.length;
    isBusy = true;
    void answerPart(answer, part).finally(() => {
      isBusy = false;
      next();
    });
  }
  return (rows) =>
    new Promise((resolve, reject) => {
      waiting.push({ rows, resolve, reject });
      next();
    });
}

/** The first, and those behind it while they fit. */
function take<Row, Answer>(waiting: Waiting<Row, Answer>[], mostRows: number): Waiting<Row, Answer>[] {
  let [count, rows] = [0, 0];
  for (const { rows: own } of waiting) {
    rows += own.length;
    if (count > 0 && rows > mostRows) break;
    count++;
  }
  return waiting.splice(0, count);
}

async function answerPart<Row, Answer>(
  answer: (rows: readonly Row[]) => Promise<readonly Answer[]>,
  part: readonly Waiting<Row, Answer>[],
): Promise<void> {
  const [only] = part;
  try {
    const answers = await answer(part.flatMap((one) => one.rows));
    let at = 0;
    for (const { rows, resolve } of part) {
      resolve(answers.slice(at, at + rows.length));
      at += rows.length;
    }
  } catch (thrown) {
    if (only !== undefined && part.length === 1) return only.reject(thrown);
    const middle = Math.ceil(part.length / 2);
    await answerPart(answer, part.slice(0, middle));
    await answerPart(answer, part.slice(middle));
  }
}
