import { Braces, Pencil } from 'lucide-react';
import * as z from 'zod';
import { specs } from '../../../nodes/specs.ts';
import { choicesOf, type AnswerField } from '../../../shared/language/answer-form.ts';
import { asText } from '../inspector/control.ts';
import { FieldControl } from '../inspector/field-control.tsx';
import { fieldsOf, type FormField } from '../inspector/form-field.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { PopoverButton } from '../theme/menu.tsx';
import styles from './language.module.css';
import { answerSchema, playground, usePlayground } from './playground-store.ts';

/** The settings of the node Generate: what is tried here is set there in the same words. */
const fields = fieldsOf(specs.get('language.generate')?.params ?? z.object({}));
const fieldNamed = (name: string): FormField | undefined => fields.find((field) => field.name === name);
const answerFields = z.array(
  z.object({
    name: z.string(),
    type: z.enum(['text', 'number', 'integer', 'boolean', 'choice']),
    choices: z.string(),
  }),
);

/** The form that answers must have, by grammar: what it is, and a button to change it. */
export function AnswerFormSection() {
  const form = usePlayground((s) => s.form);
  const { schema, fault } = answerSchema(form);
  return (
    <section className={styles.section} aria-label={t('language.form')}>
      <header>
        <b>{t('language.form')}</b>
        <PopoverButton
          label={t('language.form')}
          trigger={
            <Button size="small" look="quiet" icon={Pencil} iconSize={12} aria-label={t('language.editForm')}>
              {t('language.edit')}
            </Button>
          }
        >
          {() => <FormEditor />}
        </PopoverButton>
      </header>
      {fault !== undefined ? (
        <p className={styles.failure}>{fault}</p>
      ) : schema === undefined ? (
        <p className={styles.quiet}>{t('language.freeText')}</p>
      ) : form.schema.trim() !== '' ? (
        <p className={styles.quiet}>{t('language.bySchema')}</p>
      ) : (
        <dl className={styles.fields}>
          {form.fields.map((field, i) => (
            <div key={i}>
              <dt>{field.name}</dt>
              <dd>{sayType(field)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

const sayType = (field: AnswerField): string =>
  field.type === 'choice'
    ? t('language.oneOf', { choices: choicesOf(field).join(', ') })
    : t(`language.types.${field.type}`);

function FormEditor() {
  const form = usePlayground((s) => s.form);
  const list = fieldNamed('fields');
  const schema = fieldNamed('schema');
  const made = answerSchema(form);
  return (
    <div className={styles.formEditor}>
      {list && (
        <>
          <p className={styles.quiet}>{list.meta.help}</p>
          <FieldControl
            field={list}
            value={form.fields}
            node=""
            label={list.meta.title}
            onChange={(value) => {
              const parsed = answerFields.safeParse(value);
              if (parsed.success) playground.setForm({ fields: parsed.data });
            }}
          />
        </>
      )}
      {schema && (
        <>
          <h3>{schema.meta.title}</h3>
          <p className={styles.quiet}>{schema.meta.help}</p>
          <FieldControl
            field={schema}
            value={form.schema}
            node=""
            label={schema.meta.title}
            onChange={(value) => playground.setForm({ schema: asText(value) })}
          />
          {made.fault !== undefined && <p className={styles.failure}>{made.fault}</p>}
          {form.schema.trim() === '' && made.schema !== undefined && (
            <Button
              size="small"
              icon={Braces}
              iconSize={12}
              onPress={() => playground.setForm({ schema: JSON.stringify(made.schema, null, 2) })}
            >
              {t('language.writeSchema')}
            </Button>
          )}
        </>
      )}
    </div>
  );
}
