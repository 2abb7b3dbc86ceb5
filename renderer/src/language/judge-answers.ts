/** A model judges the answers of the playground, with the words and the schema of the node Judge. */
import { toProblem } from '../../../shared/errors.ts';
import { judgeMessages, judgeSchema, readVerdict } from '../../../shared/language/judge-prompt.ts';
import { askModel } from './ask.ts';
import {
  cellKey,
  fillPrompt,
  judgedText,
  keyOfTarget,
  useCells,
  usePlayground,
  type Choice,
  type Judgement,
  type Place,
} from './playground-store.ts';

/** Its spread over these is the judge's noise. */
export const judgeRepeats = 3;
const sampling = { temperature: 0.3, maxTokens: 300 };

function setJudgement(key: string, judgement: Judgement): void {
  useCells.setState(({ cells }) => {
    const cell = cells[key];
    return cell === undefined ? {} : { cells: { ...cells, [key]: { ...cell, judgement } } };
  });
}

/** One answer after the other; what was not judged when it is stopped has no judgement. */
export async function judgePlaces(places: readonly Place[], choices: readonly Choice[]): Promise<void> {
  const { judge } = usePlayground.getState();
  const choice = choices.find((one) => keyOfTarget(one.target) === judge.model);
  if (choice === undefined) return;
  useCells.getState().stop?.abort();
  const stop = new AbortController();
  useCells.setState({ stop });
  for (const { prompt, model, row } of places) {
    if (stop.signal.aborted) break;
    const key = cellKey(prompt.id, model, row.id);
    const text = useCells.getState().cells[key]?.text ?? '';
    const { system, user } = fillPrompt(prompt, row.values);
    const question = [system, user].filter((part) => part.trim() !== '').join('\n\n');
    const messages = judgeMessages({ question, answers: [text], reference: '' }, judge.rubric, 'one-to-five');
    const judged = judgedText(text, judge);
    const scores: (number | null)[] = [];
    let reason = '';
    setJudgement(key, { status: 'waiting', scores, reason, judged });
    try {
      for (let repeat = 0; repeat < judgeRepeats; repeat++) {
        const answer = await askModel(
          choice.target,
          { messages },
          { ...sampling, seed: 1000 + repeat },
          { signal: stop.signal, onText: () => undefined },
          judgeSchema('one-to-five'),
        );
        const verdict = readVerdict(answer.text, 'one-to-five');
        scores.push(verdict === undefined ? null : Number(verdict.verdict));
        reason ||= verdict?.reason ?? '';
      }
      setJudgement(key, { status: 'done', scores, reason, judged });
    } catch (thrown) {
      // Stopped: as if it had not been asked.
      setJudgement(key, {
        status: 'failed',
        scores,
        reason,
        judged,
        ...(stop.signal.aborted ? {} : { problem: toProblem(thrown) }),
      });
    }
  }
  if (useCells.getState().stop === stop) useCells.setState({ stop: null });
}
