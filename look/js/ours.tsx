// What Grafana draws in its application and not in its libraries: states over time, heat maps and histograms. Texts and
// colours are by its code, lines and boxes are ours.
import { buildHistogram, FieldType, formattedValueToString, getFieldDisplayName, type DataFrame } from '@grafana/data';
import { type CSSProperties } from 'react';
import { theme } from './grafana';

interface Size {
  width: number;
  height: number;
}

const NAMES = 120;
const SMALL = { fontSize: 12, overflow: 'hidden', whiteSpace: 'nowrap', color: theme.colors.text.primary } as const;

export function States({ frames, from, to, width, height }: Size & { frames: DataFrame[]; from: number; to: number }) {
  const row = Math.min(40, height / Math.max(frames.length, 1));
  const place = (time: number) => NAMES + ((time - from) / (to - from)) * (width - NAMES);
  return (
    <div style={{ position: 'relative', width, height }}>
      {frames.map((frame, index) => {
        const [times, { values, display }] = [frame.fields[0].values, frame.fields[1]];
        const style: CSSProperties = { ...SMALL, position: 'absolute', top: index * row, height: row - 4, lineHeight: `${row - 4}px` };
        const begins = [...values.keys()].filter((at) => at === 0 || values[at] !== values[at - 1]);
        return [
          <div key={`${index}`} style={{ ...style, left: 0, width: NAMES - 8, textAlign: 'right' }}>
            {getFieldDisplayName(frame.fields[1], frame, frames)}
          </div>,
          ...begins.map((at, place_) => {
            const left = place(times[at]);
            const shown = display!(values[at]);
            const size = place(times[begins[place_ + 1]] ?? times[times.length - 1]) - left;
            return (
              <div key={`${index} ${at}`} style={{ ...style, left, width: size, background: shown.color, color: '#000' }}>
                {size > 30 && formattedValueToString(shown)}
              </div>
            );
          }),
        ];
      })}
    </div>
  );
}

// Buckets are counts of all that is as long or shorter, so what lies between two edges is their difference.
export function Heat({ frames, from, to, width, height }: Size & { frames: DataFrame[]; from: number; to: number }) {
  const edge = (frame: DataFrame) => Number(frame.fields[1].labels?.le?.replace('+Inf', 'Infinity'));
  const sorted = [...frames].sort((one, other) => edge(one) - edge(other));
  const cells = sorted.map((frame, index) =>
    frame.fields[1].values.map((value, at) => value - (sorted[index - 1]?.fields[1].values[at] ?? 0))
  );
  const most = Math.max(...cells.flat());
  const row = height / cells.length;
  return (
    <svg width={width} height={height}>
      {cells.map((counts, index) => {
        const times = sorted[index].fields[0].values;
        const step = ((times[1] - times[0]) / (to - from)) * (width - 60);
        const top = height - (index + 1) * row;
        return [
          <text key={index} x={0} y={top + row / 2} fontSize={10} fill={theme.colors.text.secondary}>
            {formattedValueToString(sorted[index].fields[1].display!(edge(sorted[index])))}
          </text>,
          ...counts.map((count, at) => (
            <rect
              key={`${index} ${at}`}
              x={60 + ((times[at] - from) / (to - from)) * (width - 60)}
              y={top}
              width={Math.max(step - 1, 1)}
              height={row - 1}
              fill={theme.visualization.getColorByName('blue')}
              opacity={Math.sqrt(Math.max(count, 0) / most)}
            />
          )),
        ];
      })}
    </svg>
  );
}

export function Histogram({ frames, width, height }: Size & { frames: DataFrame[] }) {
  const made = buildHistogram(frames, { bucketCount: 30 });
  if (!made) {
    return null;
  }
  const most = Math.max(...made.counts.flatMap(({ values }) => values));
  const bar = width / made.xMin.values.length;
  const numbers = frames.flatMap(({ fields }) => fields.filter(({ type }) => type === FieldType.number));
  return (
    <svg width={width} height={height}>
      {made.counts.map(({ values }, series) =>
        values.map((count: number, at: number) => (
          <rect
            key={`${series} ${at}`}
            x={at * bar}
            y={(height - 20) * (1 - count / most)}
            width={Math.max(bar - 1, 1)}
            height={((height - 20) * count) / most}
            fill={numbers[series].display!(0).color}
            opacity={0.8}
          />
        ))
      )}
      {[0, made.xMin.values.length - 1].map((at) => (
        <text key={at} x={at && width - 60} y={height - 4} fontSize={10} fill={theme.colors.text.secondary}>
          {formattedValueToString(numbers[0].display!(made.xMin.values[at]))}
        </text>
      ))}
    </svg>
  );
}
