import { ArrowUp, MessageSquarePlus, Square } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { sayCount, sayDuration } from '../text/say.ts';
import { t } from '../text/t.ts';
import { IconButton } from '../theme/button.tsx';
import { Select } from '../theme/choice.tsx';
import { EmptyState, ProgressRing } from '../theme/surface.tsx';
import { AnswerWithSources } from './answer-sources.tsx';
import { askModel } from './ask.ts';
import { chosenChoice, useChat, type Turn } from './chat-store.ts';
import styles from './language.module.css';
import { keyOfTarget, usePlayground, type Choice } from './playground-store.ts';

/** A conversation with one model; a running service is asked over HTTP, as any other program asks it. */
// Over 80 lines: the markup of one panel and the question that is under way in it.
export function ChatPanel({ choices }: { choices: readonly Choice[] }) {
  const { model, turns, draft, stop } = useChat();
  const able = choices.filter((choice) => choice.chats);
  const chosen = chosenChoice(able, model);
  const end = useRef<HTMLDivElement>(null);
  const last = turns.at(-1);
  useEffect(() => {
    // A body, not an expression: some browsers give a promise here, which React would take for a clean-up.
    end.current?.scrollIntoView({ block: 'end' });
  }, [last?.text, turns.length]);
  if (chosen === undefined)
    return (
      <aside className={styles.chat} aria-label={t('language.chat')}>
        {choices.length === 0 ? (
          <EmptyState title={t('language.chatWaits')} hint={t('language.chatWaitsHint')} />
        ) : (
          <EmptyState title={t('language.noChat')} hint={t('language.noChatHint')} />
        )}
      </aside>
    );
  return (
    <aside className={styles.chat} aria-label={t('language.chat')} data-panel="chat">
      <header>
        <Select
          label={t('language.chooseModel')}
          layout="bare"
          value={keyOfTarget(chosen.target)}
          options={able.map((choice) => ({ id: keyOfTarget(choice.target), title: choice.title, about: choice.about }))}
          onChange={(id) => useChat.setState({ model: id })}
        />
        <IconButton
          icon={MessageSquarePlus}
          label={t('language.newChat')}
          isDisabled={turns.length === 0}
          onPress={() => {
            stop?.abort();
            useChat.setState({ turns: [], stop: null });
          }}
        />
      </header>
      <div className={styles.turns} role="log" aria-label={t('language.chat')} tabIndex={0}>
        {turns.length === 0 && <EmptyState title={t('language.chatEmpty')} hint={t('language.chatEmptyHint')} />}
        {turns.map((turn, i) => (
          <OneTurn key={i} turn={turn} isWriting={stop !== null && i === turns.length - 1} />
        ))}
        <div ref={end} />
      </div>
      <form
        className={styles.composer}
        onSubmit={(event) => {
          event.preventDefault();
          if (stop === null) void send(chosen, draft);
        }}
      >
        <textarea
          aria-label={t('language.ask', { name: chosen.title })}
          placeholder={t('language.ask', { name: chosen.title })}
          rows={3}
          value={draft}
          onChange={(event) => useChat.setState({ draft: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            if (stop === null) void send(chosen, draft);
          }}
        />
        {stop === null ? (
          <IconButton
            look="primary"
            icon={ArrowUp}
            label={t('language.send')}
            type="submit"
            isDisabled={draft.trim() === ''}
          />
        ) : (
          <IconButton look="danger" icon={Square} label={t('language.stop')} onPress={() => stop.abort()} />
        )}
      </form>
    </aside>
  );
}

function OneTurn({ turn, isWriting }: { turn: Turn; isWriting: boolean }) {
  const { question, text, answer, problem } = turn;
  return (
    <>
      <p className={styles.question}>
        <span className="visually-hidden">{`${t('language.you')}: `}</span>
        {question}
      </p>
      <div className={styles.reply}>
        {answer?.sources !== undefined ? (
          <AnswerWithSources text={text} sources={answer.sources} />
        ) : (
          text !== '' && <p className={styles.text}>{text}</p>
        )}
        {problem && (
          <p className={styles.failure}>
            <b>{problem.message}</b> {problem.mend}
          </p>
        )}
        <small>
          {isWriting ? (
            <>
              <ProgressRing fraction={null} size={12} /> {t('language.writing')}
            </>
          ) : answer ? (
            t('language.chatFigures', {
              first: sayDuration(answer.firstTokenMs),
              total: sayDuration(answer.ms),
              prompt: sayCount(answer.promptTokens),
              answer: sayCount(answer.completionTokens),
            })
          ) : problem ? null : (
            t('language.stopped')
          )}
        </small>
      </div>
    </>
  );
}

async function send(choice: Choice, draft: string): Promise<void> {
  const question = draft.trim();
  if (question === '') return;
  const before = useChat.getState().turns;
  const stop = new AbortController();
  useChat.setState({ turns: [...before, { question, text: '' }], draft: '', stop });
  const change = (own: Partial<Turn>): void =>
    useChat.setState(({ turns, stop: current }) =>
      current === stop ? { turns: turns.map((turn, i) => (i === before.length ? { ...turn, ...own } : turn)) } : {},
    );
  const { temperature, maxTokens } = usePlayground.getState();
  // An answer that failed was none: the model is not shown it.
  const answered = before.filter((turn) => turn.text !== '');
  const messages = [
    ...answered.flatMap((turn) => [
      { role: 'user' as const, content: turn.question },
      { role: 'assistant' as const, content: turn.text },
    ]),
    { role: 'user' as const, content: question },
  ];
  let text = '';
  try {
    const answer = await askModel(
      choice.target,
      { messages },
      { temperature, maxTokens },
      {
        signal: stop.signal,
        onText: (more) => change({ text: (text += more) }),
      },
    );
    change({ answer, text: answer.text });
  } catch (thrown) {
    if (!stop.signal.aborted) change({ problem: toProblem(thrown) });
  } finally {
    useChat.setState(({ stop: current }) => (current === stop ? { stop: null } : {}));
  }
}
