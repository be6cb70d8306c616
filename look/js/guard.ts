// The types refuse what is wrong: compiled with the dashboards, this fails where one of these is let through.
import type * as stat from '@grafana/schema/stat';
import type { Frame, PanelOf } from './schema';

type Stat = PanelOf<'stat', stat.Options, { axisSoftMin?: number }>;
const matcher = { id: 'byName', options: 'x' };

export const right: Stat[] = [
  { options: { textMode: 'value_and_name' } },
  { fieldConfig: { defaults: { thresholds: { mode: 'absolute', steps: [{ value: null, color: 'red' }] } } } },
  { fieldConfig: { overrides: [{ matcher, properties: [{ id: 'custom.axisSoftMin', value: 1 }] }] } },
  { fieldConfig: { defaults: { mappings: [{ type: 'special', options: { match: 'null+nan', result: {} } }] } } },
];

export const wrong: Stat[] = [
  // @ts-expect-error
  { type: 'gauge' },
  // @ts-expect-error
  { options: { textMode: 'valu' } },
  // @ts-expect-error
  { options: { nonsense: 1 } },
  // @ts-expect-error
  { fieldConfig: { defaults: { thresholds: { mode: 'absolut', steps: [] } } } },
  // @ts-expect-error
  { fieldConfig: { defaults: { custom: { axisSoftMinn: 1 } } } },
  // @ts-expect-error
  { fieldConfig: { defaults: { mappings: [{ type: 'special', options: { match: 'nulll', result: {} } }] } } },
  // @ts-expect-error
  { fieldConfig: { overrides: [{ matcher, properties: [{ id: 'unitt', value: 's' }] }] } },
  // @ts-expect-error
  { fieldConfig: { overrides: [{ matcher, properties: [{ id: 'custom.axisSoftMin', value: '1' }] }] } },
];

// @ts-expect-error
export const dashboard: Frame = { graphToltip: 1 };
