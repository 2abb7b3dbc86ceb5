/** The operators that a formula is made of, in a graph. */
import type { OnnxGraph, OnnxType } from '../../shared/capabilities.ts';
import { elementType } from './messages.ts';

export class FormulaOperators {
  readonly graph: OnnxGraph;

  constructor(graph: OnnxGraph) {
    this.graph = graph;
  }

  apply(op: string, inputs: readonly string[], attributes: Parameters<OnnxGraph['node']>[2] = {}): string {
    return this.graph.node(op, inputs, attributes)[0] ?? '';
  }
  cast = (value: string, type: OnnxType): string => this.apply('Cast', [value], { to: elementType(type) });
  number = (value: number): string => this.graph.constant('double', [1], [value]);
  truth = (value: boolean): string => this.graph.constant('bool', [1], [value]);
  not = (value: string): string => this.apply('Not', [value]);
  and = (a: string, b: string): string => this.apply('And', [a, b]);
  or = (a: string, b: string): string => this.apply('Or', [a, b]);
  /** Missing where one of them is. */
  either = (a: string | null, b: string | null): string | null =>
    a === null ? b : b === null || a === b ? a : this.or(a, b);
}
