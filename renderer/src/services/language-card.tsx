import { MessageSquareText } from 'lucide-react';
import { useState } from 'react';
import { chatWithService } from '../language/chat-store.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { Segmented } from '../theme/choice.tsx';
import { Card } from '../theme/master.tsx';
import styles from '../theme/master.module.css';
import type { Service } from './service.ts';

/** How a language model is asked: by the chat of the app, or by whatever speaks to OpenAI. */
export function LanguageCard({ service }: { service: Service }) {
  const [language, setLanguage] = useState('curl');
  const isUp = service.status === 'running';
  return (
    <>
      <Card title={t('services.tryIt')}>
        <div className={styles.body} style={{ display: 'grid', gap: 10 }}>
          <p className={styles.quiet}>{isUp ? t('services.languageHint') : t('services.needsRunning')}</p>
          <div>
            <Button
              look="primary"
              icon={MessageSquareText}
              isDisabled={!isUp}
              onPress={() => chatWithService(service.name)}
            >
              {t('services.openChat')}
            </Button>
          </div>
        </div>
      </Card>
      <Card
        title={t('services.callIt')}
        tools={
          <Segmented
            label={t('services.callIt')}
            value={language}
            onChange={setLanguage}
            options={[
              { id: 'curl', title: 'curl' },
              { id: 'python', title: 'Python' },
              { id: 'typescript', title: 'TypeScript' },
            ]}
          />
        }
      >
        {service.url === null ? (
          <p className={styles.body}>{t('services.noAddress')}</p>
        ) : (
          <pre className={styles.code} tabIndex={0}>
            {chatExample(language, `${service.url}/v1`, service.token, service.model)}
          </pre>
        )}
      </Card>
    </>
  );
}

export function chatExample(language: string, base: string, token: string | null, model: string): string {
  const body = { model, messages: [{ role: 'user', content: 'Hello' }] };
  const key = JSON.stringify(token ?? 'none');
  switch (language) {
    case 'python':
      return `from openai import OpenAI\n\nclient = OpenAI(base_url="${base}", api_key=${key})\nanswer = client.chat.completions.create(\n    model=${JSON.stringify(model)},\n    messages=[{"role": "user", "content": "Hello"}],\n)\nprint(answer.choices[0].message.content)`;
    case 'typescript':
      return `import OpenAI from 'openai';\n\nconst client = new OpenAI({ baseURL: '${base}', apiKey: ${key} });\nconst answer = await client.chat.completions.create(${JSON.stringify(body, null, 2)});\nconsole.log(answer.choices[0]?.message.content);`;
    default:
      return `curl -s ${base}/chat/completions \\\n  -H 'Content-Type: application/json' \\\n${token === null ? '' : `  -H 'Authorization: Bearer ${token}' \\\n`}  -d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`;
  }
}
