// What Grafana itself does between a saved dashboard and its libraries: panels out of rows, the standard options
// registered, the base level, which JSON cannot hold, put back, overrides applied. Nothing is decided here.
import {
  applyFieldOverrides,
  createTheme,
  displayNameOverrideProcessor,
  FieldConfigOptionsRegistry,
  FieldType,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  transformDataFrame,
  type DataFrame,
  type FieldConfigPropertyItem,
  type FieldConfigSource,
  type GrafanaTheme2,
} from '@grafana/data';

export interface Target {
  refId: string;
  expr: string;
  legendFormat?: string;
  format?: string;
  instant?: boolean;
  hide?: boolean;
}

export interface Panel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  transparent?: boolean;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  fieldConfig?: FieldConfigSource;
  // Each type of panel has its own; the types are checked elsewhere.
  options?: any;
  transformations?: any[];
  links?: { title: string; url: string }[];
  collapsed?: boolean;
  panels?: Panel[];
  timeFrom?: string;
  interval?: string;
}

export interface Dashboard {
  uid: string;
  title: string;
  panels: Panel[];
  time: { from: string; to: string };
}

export interface Series {
  labels: Record<string, string>;
  points: [number, number | null][];
}

export const theme: GrafanaTheme2 = createTheme({ colors: { mode: 'dark' } });

export const shown = (dashboard: Dashboard): Panel[] =>
  dashboard.panels.flatMap((panel) => (panel.type === 'row' ? (panel.panels ?? []) : [panel]));

const NUMBERS: FieldConfigPropertyItem['shouldApply'] = ({ type }) => type === FieldType.number;

const NO_AXIS_OF_ITS_OWN: FieldConfigPropertyItem['shouldApply'] = ({ type }) =>
  type !== FieldType.time && type !== FieldType.string;

// Only what is read when options are applied; the rest of an item is its editor.
const item = (
  id: string,
  process: FieldConfigPropertyItem['process'],
  more: Partial<FieldConfigPropertyItem> = {}
): FieldConfigPropertyItem =>
  ({ id, path: id, process, name: id, shouldApply: () => true, ...more }) as unknown as FieldConfigPropertyItem;

function registryOf(config: FieldConfigSource): FieldConfigOptionsRegistry {
  const custom = new Set(Object.keys(config.defaults.custom ?? {}));
  for (const { properties } of config.overrides) {
    for (const { id } of properties) {
      if (id.startsWith('custom.')) {
        custom.add(id.slice('custom.'.length));
      }
    }
  }
  return new FieldConfigOptionsRegistry(() => [
    item('displayName', displayNameOverrideProcessor),
    ...['unit', 'noValue', 'description'].map((id) => item(id, stringOverrideProcessor)),
    ...['min', 'max', 'decimals'].map((id) => item(id, numberOverrideProcessor, { shouldApply: NUMBERS })),
    ...['thresholds', 'fieldMinMax'].map((id) => item(id, identityOverrideProcessor, { shouldApply: NUMBERS })),
    ...['color', 'mappings', 'links', 'actions', 'filterable'].map((id) => item(id, identityOverrideProcessor)),
    ...[...custom].map((id) =>
      item(`custom.${id}`, identityOverrideProcessor, {
        path: id,
        isCustom: true,
        // What is said of axes is said of the axis of values.
        ...(id.startsWith('axis') && { shouldApply: NO_AXIS_OF_ITS_OWN }),
      })
    ),
  ]);
}

export function fieldConfigOf(panel: Panel): FieldConfigSource {
  const config = structuredClone(panel.fieldConfig ?? { defaults: {}, overrides: [] });
  const levels = [
    config.defaults.thresholds,
    ...config.overrides.flatMap(({ properties }) =>
      properties.filter(({ id }) => id === 'thresholds').map(({ value }) => value)
    ),
  ];
  // Whatever is saved as the value of the first step, Grafana makes it reach down without end.
  for (const step of levels.flatMap((level) => level?.steps?.slice(0, 1) ?? [])) {
    step.value = -Infinity;
  }
  return config;
}

export const nameOf = (target: Target, labels: Record<string, string>): string =>
  target.legendFormat?.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, label) => labels[label] ?? whole) || target.refId;

export function frameOf(target: Target, series: Series): DataFrame {
  const name = nameOf(target, series.labels);
  return {
    name,
    refId: target.refId,
    length: series.points.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: series.points.map(([time]) => time) },
      {
        name: 'Value',
        type: FieldType.number,
        labels: series.labels,
        config: { displayNameFromDS: name },
        values: series.points.map(([, value]) => value),
      },
    ],
  };
}

export const configured = (panel: Panel, data: DataFrame[], config = fieldConfigOf(panel)): DataFrame[] =>
  applyFieldOverrides({
    data,
    fieldConfig: config,
    fieldConfigRegistry: registryOf(config),
    replaceVariables: (value) => value,
    theme,
    timeZone: 'utc',
  });

// One of them stands there under two names.
standardTransformersRegistry.setInit(() =>
  [...new Set(Object.values(standardTransformers))].map(
    (transformation) => ({ id: transformation.id, name: transformation.name, transformation }) as never
  )
);

// What a panel draws of the answers to its queries. Answers of one query in the format of a table are rows of one frame.
export function drawnOf(panel: Panel, answers: Record<string, Series[]>): DataFrame[] {
  const targets = panel.targets ?? [];
  const frames = targets.flatMap((target) => {
    const series = answers[target.refId] ?? [];
    if (target.format !== 'table') {
      return series.map((one) => frameOf(target, one));
    }
    return series.length ? [tableOf(target, series, targets.length > 1)] : [];
  });
  let made = frames;
  // Those that dashboards are made with answer at once.
  transformDataFrame(panel.transformations ?? [], frames)
    .subscribe((found) => (made = found))
    .unsubscribe();
  return configured(panel, made);
}

function tableOf(target: Target, series: Series[], named: boolean): DataFrame {
  const last = series.map(({ points }) => points[points.length - 1]);
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].filter((name) => name !== '__name__');
  const field = (name: string, type: FieldType, values: unknown[]) => ({ name, type, config: {}, values });
  return {
    refId: target.refId,
    length: series.length,
    fields: [
      field('Time', FieldType.time, last.map(([time]) => time)),
      ...labels.sort().map((name) => field(name, FieldType.string, series.map((one) => one.labels[name] ?? ''))),
      field(named ? `Value #${target.refId}` : 'Value', FieldType.number, last.map(([, value]) => value)),
    ],
  };
}
