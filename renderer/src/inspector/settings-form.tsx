import { ChevronDown } from 'lucide-react';
import { useMemo } from 'react';
import type { PipelineNode } from '../../../shared/pipeline/file.ts';
import type { AnySpec } from '../../../shared/kind/define-spec.ts';
import { useNodeProblems } from '../state/runs/check.ts';
import { useKept } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { Icon } from '../theme/icon.tsx';
import { FieldRow } from '../controls/field-row.tsx';
import { fieldsOf, isShown, sameValue, sectionsOf, type FormField, type FormSection } from '../controls/form-field.ts';
import styles from './inspector.module.css';

/** The form of a node's parameters, from its schema: sections in the order of their declaration, each remembers its fold. */
export function SettingsForm({ id, node, spec }: { id: string; node: PipelineNode; spec: AnySpec }) {
  const fields = useMemo(() => fieldsOf(spec.params), [spec]);
  const shown = fields.filter((field) => isShown(field, fields, node.params));
  return (
    <form aria-label={t('inspector.tabs.settings')} onSubmit={(event) => event.preventDefault()}>
      {sectionsOf(shown).map((section) => (
        <Section key={section.title} id={id} node={node} section={section} />
      ))}
    </form>
  );
}

function Section({ id, node, section }: { id: string; node: PipelineNode; section: FormSection }) {
  const name = `${node.kind} ${section.title}`;
  const isFolded = useKept((s) => s.foldedSections.includes(name));
  const changed = section.fields.filter((field) => isChanged(field, node)).length;
  return (
    <section className={styles.section}>
      {section.title !== '' && (
        <h3>
          <button
            type="button"
            className={styles.sectionHead}
            aria-expanded={!isFolded}
            onClick={() =>
              useKept.setState((s) => ({
                foldedSections: isFolded ? s.foldedSections.filter((n) => n !== name) : [...s.foldedSections, name],
              }))
            }
          >
            <Icon of={ChevronDown} size={12} />
            {section.title}
            {changed > 0 && <span className={styles.changed}>{t('inspector.changed', { count: changed })}</span>}
          </button>
        </h3>
      )}
      {!(isFolded && section.title !== '') &&
        section.fields.map((field) => <Row key={field.name} id={id} node={node} field={field} />)}
    </section>
  );
}

function Row({ id, node, field }: { id: string; node: PipelineNode; field: FormField }) {
  const problems = useNodeProblems(id);
  const own = useMemo(
    () => problems.filter((p) => p.param === field.name || p.param?.startsWith(`${field.name}.`) === true),
    [problems, field.name],
  );
  return <FieldRow node={id} field={field} stored={node.params[field.name]} problems={own} />;
}

const isChanged = (field: FormField, node: PipelineNode): boolean =>
  Object.hasOwn(node.params, field.name) && !sameValue(node.params[field.name], field.default);
