// A saved dashboard in the words of Grafana's published types, panel by panel, so that a key that is not one of its type
// is as wrong as a value that is not.
import type { AnnotationQuery, Dashboard, FieldConfig, MatcherConfig, Panel, RowPanel, VariableModel } from '@grafana/schema';

// Types name the members of enums, where JSON holds what they stand for; and they ask for keys that Grafana fills in.
export type Json<T> = 0 extends 1 & T
  ? any
  : T extends string
    ? `${T}`
    : T extends number | boolean | null | undefined
      ? T
      : T extends object
        ? { [K in keyof T]?: Json<T[K]> }
        : T;

type Standard = Omit<FieldConfig, 'custom'>;

type Property<C> =
  | { [K in keyof Standard]-?: { id: K; value: Standard[K] } }[keyof Standard]
  | { [K in keyof C & string]-?: { id: `custom.${K}`; value: C[K] } }[keyof C & string];

export type PanelOf<Type extends string, Options, Custom> = Json<
  Omit<Panel, 'type' | 'options' | 'fieldConfig'> & {
    type: Type;
    options: Options;
    fieldConfig?: {
      defaults: Standard & { custom?: Partial<Custom> };
      overrides: { matcher: MatcherConfig; properties: Property<Custom>[] }[];
    };
  }
>;

export type Row = Json<Omit<RowPanel, 'panels'>>;

// Not published there, and saved by Grafana: what a query of an annotation is for Prometheus, what it makes of an answer,
// and the text of a variable's query.
interface OfPrometheus {
  target: any;
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
  useValueForTime: boolean;
}

// What holds the panels; they are looked at one by one.
export type Frame = Json<
  Omit<Dashboard, 'panels' | 'annotations' | 'templating'> & {
    templating: { list: (VariableModel & { definition: string })[] };
    annotations: { list: (Omit<AnnotationQuery, 'target'> & OfPrometheus)[] };
  }
>;
