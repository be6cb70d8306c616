// The text and the colour that Grafana gives each query of each panel around its levels and where there is no value.
import { readFileSync, writeFileSync } from 'node:fs';
import {
  colorManipulator,
  FieldColorModeId,
  formattedValueToString,
  getActiveThreshold,
  getFieldDisplayValues,
  type DataFrame,
  FieldType,
  type DisplayValue,
  type FieldConfig,
  type Field,
} from '@grafana/data';

import { configured, drawnOf, fieldConfigOf, frameOf, shown, theme, type Dashboard, type Panel, type Target } from './grafana';

const LATEST = ['stat', 'gauge', 'bargauge'];

// What a unit is made for: small, ordinary, and so large that it is shown in another one.
const TYPICAL: Record<string, number[]> = {
  dateTimeFromNow: [Date.now() - 300e3, Date.now() - 3 * 3600e3],
  percent: [0.02, 1 / 30, 99.53271, 100, -12.5, 1e6],
  short: [1, 18, 4.5, 1234, 9.3e9],
  none: [1, 0.0123456, 98.7, 99.98765, 1234567.8],
  s: [0.0004, 0.5, 59.9, 90, 86400],
  ms: [0.4, 48.2374, 142.8571, 1000, 12345.6],
  m: [0.4, 12 + 1 / 3, 65.2, 600, 10000],
  bytes: [512, 2.25e9],
  decbytes: [512, 2.25e9],
};
const CURRENCY = [0.004, 96.71234, 99, 1234.5, 123456.7, -3.5];
// What columns of text hold.
const TEXTS = ['P0', 'P1', 'P2', 'P3', 'P4', 'firing', 'pending', 'missing', 'anything else'];
const LABELS = { alertname: 'HighLatency', alertstate: 'firing', severity: 'P1', component: 'shop', instance: 'host:9100' };
const OTHER = [0.0166, 1, 21 + 1 / 3, 12345.6, 9.3e9];

function neighbours(value: number): [number, number] {
  const bits = new DataView(new ArrayBuffer(8));
  const moved = (by: bigint) => {
    bits.setFloat64(0, value);
    bits.setBigInt64(0, bits.getBigInt64(0) + by);
    return bits.getFloat64(0);
  };
  return value > 0 ? [moved(-1n), moved(1n)] : [moved(1n), moved(-1n)];
}

// Levels may stand at the float next to what somebody wrote, so the two floats on either side of one are looked at.
function around(level: number): number[] {
  if (level === 0) {
    return [-0.001, 0, 0.001];
  }
  const [before, after] = neighbours(level);
  const far = Math.abs(level) / 1000;
  return [level - far, before, level, after, level + far];
}

function valuesFor(unit: string, steps: number[]): (number | null)[] {
  const typical = unit.startsWith('currency') ? CURRENCY : unit.startsWith('bool') ? [0.5, 1, 2] : (TYPICAL[unit] ?? OTHER);
  const finite = new Set([0, ...typical, ...steps.flatMap(around)]);
  return [...[...finite].sort((one, other) => one - other), Infinity, -Infinity, NaN, null];
}

const NAMES = new Map<string, string>();
for (const { shades } of theme.visualization.hues) {
  for (const { name, color } of shades) {
    NAMES.set(color.toLowerCase(), name);
  }
}
for (const text of [theme.colors.text.primary, colorManipulator.asHexString(theme.colors.text.primary)]) {
  NAMES.set(text.toLowerCase(), 'text');
}

const colourName = (color?: string): string => (color ? (NAMES.get(color.toLowerCase()) ?? color.toLowerCase()) : 'no colour');

const quoted = (value: DisplayValue): string => JSON.stringify(formattedValueToString(value));

function rowOf(value: string, shownAs: string, ...colours: string[]): string {
  return `    ${value.padEnd(22)} ${shownAs.padEnd(16)} ${colours.join('  ')}`;
}

// All queries of a panel are there at once, as the colour of a series may be told by its place among them.
function frameWith(panel: Panel, target: Target, values: (number | null)[]): DataFrame {
  const targets = panel.targets ?? [];
  const frames = targets.map((one) => {
    const points = (one === target ? values : [1]).map((value, index): [number, number | null] => [index * 60_000, value]);
    return frameOf(one, { labels: {}, points });
  });
  return configured(panel, frames)[targets.indexOf(target)];
}

function* latest(panel: Panel, target: Target, value: number | null): Generator<string> {
  for (const { display } of displayed(panel, [frameWith(panel, target, [value])])) {
    yield rowOf(String(value), quoted(display), colourName(display.color));
  }
}

const displayed = (panel: Panel, data: DataFrame[]) =>
  getFieldDisplayValues({
    data,
    fieldConfig: fieldConfigOf(panel),
    reduceOptions: panel.options?.reduceOptions ?? { calcs: ['lastNotNull'], values: false },
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });

// Series that agree in all of this share an axis, and an axis has the levels of the first of them that has any.
const axisOf = ({ unit, min, max, custom = {} }: FieldConfig): string =>
  JSON.stringify([
    [unit, min, max, custom.axisSoftMin, custom.axisSoftMax],
    [custom.axisPlacement, custom.axisLabel, custom.scaleDistribution],
  ]);

function instead(panel: Panel, target: Target): string {
  const targets = panel.targets ?? [];
  const configs = targets.map((one) => frameWith(panel, one, [1]).fields[1].config);
  const own = configs[targets.indexOf(target)];
  if (own.custom.thresholdsStyle.mode === 'off') {
    return '';
  }
  const first = configs.findIndex(
    (one) => axisOf(one) === axisOf(own) && (one.custom?.thresholdsStyle?.mode ?? 'off') !== 'off'
  );
  const same = JSON.stringify(configs[first].thresholds) === JSON.stringify(own.thresholds);
  return same ? '' : `, BUT NOT THESE: the axis has those of ${targets[first].refId}`;
}

function* ofQuery(panel: Panel, target: Target): Generator<string> {
  const { config } = frameWith(panel, target, [1]).fields[1];
  const steps = config.thresholds?.steps ?? [];
  const levels = steps.slice(1).map(({ value }) => value);
  const limits = (['min', 'max'] as const).map((key) => `${key} ${config[key] ?? '-'}`);
  const soft = ['axisSoftMin', 'axisSoftMax'].filter((key) => config.custom?.[key] !== undefined);
  limits.push(...soft.map((key) => `${key} ${config.custom[key]}`));
  yield `  ${target.refId} ${JSON.stringify(target.legendFormat ?? '')}  ${config.unit ?? 'no unit'}, ${limits.join(', ')}, ` +
    `colour by ${config.color?.mode ?? 'default'}, ` +
    `levels ${steps.map(({ value, color }) => `${value} ${color}`).join(', ') || 'none'}` +
    (config.custom?.thresholdsStyle ? ` drawn ${config.custom.thresholdsStyle.mode}${instead(panel, target)}` : '');
  for (const value of valuesFor(config.unit ?? '', levels)) {
    if (LATEST.includes(panel.type)) {
      yield* latest(panel, target, value);
      continue;
    }
    const display = frameWith(panel, target, [value]).fields[1].display!(value);
    const colours = [colourName(display.color)];
    if (config.color?.mode !== FieldColorModeId.Thresholds && levels.length > 0 && value !== null && !Number.isNaN(value)) {
      const band = getActiveThreshold(value, steps).color;
      colours.push(`on ${colourName(theme.visualization.getColorByName(band))}`);
    }
    yield rowOf(String(value), quoted(display), ...colours);
  }
}

// A table has columns of its own, whose texts may have colours.
function* ofColumns(panel: Panel): Generator<string> {
  const config = fieldConfigOf(panel);
  for (const target of panel.targets ?? []) {
    const column = (value: number | null) => {
      const series = { labels: LABELS, points: [[Date.now(), value] as [number, number | null]] };
      return drawnOf(panel, { [target.refId]: [series] })[0].fields.find(({ type }) => type === FieldType.number);
    };
    const shown = column(1);
    if (shown === undefined) {
      yield `  ${target.refId}  no column`;
      continue;
    }
    const { unit, thresholds } = shown.config;
    const levels = (thresholds?.steps ?? []).slice(1).map((step) => step.value);
    yield `  ${target.refId}  ${unit ?? 'no unit'}, levels ${levels.join(', ') || 'none'}`;
    for (const value of valuesFor(unit ?? '', levels)) {
      const display = column(value)!.display!(value);
      yield rowOf(String(value), quoted(display), colourName(display.color));
    }
  }
  for (const { matcher, properties } of config.overrides) {
    if (matcher.id !== 'byName' || !properties.some(({ id }) => id === 'mappings')) {
      continue;
    }
    yield `  ${JSON.stringify(matcher.options)}`;
    for (const text of TEXTS) {
      const field: Field = { name: matcher.options, type: FieldType.string, config: {}, values: [text] };
      const display = configured(panel, [{ length: 1, fields: [field] }])[0].fields[0].display!(text);
      yield rowOf(text, quoted(display), colourName(display.color));
    }
  }
}

function* ofPanel(panel: Panel): Generator<string> {
  yield '';
  yield `${panel.id} ${panel.type} ${JSON.stringify(panel.title ?? '')}`;
  if (panel.type === 'table') {
    yield* ofColumns(panel);
    return;
  }
  for (const target of panel.targets ?? []) {
    yield* ofQuery(panel, target);
  }
  if (LATEST.includes(panel.type)) {
    for (const { display } of displayed(panel, [])) {
      yield rowOf('no series', quoted(display), colourName(display.color)).slice(2);
    }
  }
}

const [output, version, ...files] = process.argv.slice(2);
const lines = [
  '# What Grafana shows in each panel around its levels, without a value and without a series: value, text, colour, and',
  `# the colour of the area that the value lies on where the series has one of its own. By @grafana/data ${version}; make look.`,
];
for (const file of files) {
  const dashboard: Dashboard = JSON.parse(readFileSync(file, 'utf8'));
  lines.push('', `== ${dashboard.uid}: ${dashboard.title}`);
  for (const panel of shown(dashboard).sort((one, other) => one.id - other.id)) {
    if (panel.targets?.length) {
      lines.push(...ofPanel(panel));
    }
  }
}
writeFileSync(output, lines.map((line) => line.trimEnd()).join('\n') + '\n');
