// A dashboard as a page, drawn by Grafana's own components. What they do not draw is a box with its type.
import './gauge';
import {
  dateTime,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  renderTextPanelMarkdown,
  ThemeContext,
  VizOrientation,
  type DataFrame,
  type DisplayValueAlignmentFactors,
  type FieldDisplay,
  type TimeRange,
} from '@grafana/data';
import {
  BarGauge,
  BigValue,
  Gauge,
  GlobalStyles,
  PanelChrome,
  TimeSeries,
  VizRepeater,
  type UPlotConfigBuilder,
  Table,
} from '@grafana/ui';
import { Component, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { drawnOf, fieldConfigOf, theme, type Dashboard, type Panel, type Series } from './grafana';
import { Heat, Histogram, States } from './ours';

interface Placed {
  panel: Panel;
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Answer {
  from: number;
  to: number;
  queries: Record<string, Series[]>;
}

declare const LOOK: {
  dashboard: Dashboard;
  places: Placed[];
  answers: { panels: Record<string, Answer>; annotations: { color: string; marks: [number, number][] }[] };
};

interface Drawn {
  panel: Panel;
  frames: DataFrame[];
  range: TimeRange;
  width: number;
  height: number;
}

const valuesOf = ({ panel, frames }: Drawn): FieldDisplay[] =>
  getFieldDisplayValues({
    data: frames,
    fieldConfig: fieldConfigOf(panel),
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: (text) => text,
    sparkline: panel.type === 'stat' && panel.options.graphMode !== 'none',
    theme,
    timeZone: 'utc',
  });

type One = (value: FieldDisplay, width: number, height: number, all: Repeated) => ReactNode;

interface Repeated {
  count: number;
  orientation: VizOrientation;
  alignmentFactors: DisplayValueAlignmentFactors;
}

function Values({ drawn, one }: { drawn: Drawn; one: One }) {
  const { panel, width, height, frames } = drawn;
  return (
    <VizRepeater<FieldDisplay, DisplayValueAlignmentFactors>
      source={frames}
      getValues={() => valuesOf(drawn)}
      getAlignmentFactors={(values) => getDisplayValueAlignmentFactors(values)}
      renderCounter={0}
      width={width}
      height={height}
      autoGrid={panel.type !== 'bargauge'}
      itemSpacing={panel.type === 'bargauge' ? 10 : undefined}
      minVizWidth={panel.options.minVizWidth}
      minVizHeight={panel.options.minVizHeight}
      maxVizHeight={panel.options.maxVizHeight}
      orientation={panel.options.orientation ?? VizOrientation.Auto}
      renderValue={(all) => one(all.value, all.width, all.height, all) as JSX.Element}
    />
  );
}

const stat =
  (options: any): One =>
  ({ display, sparkline }, width, height, { count, alignmentFactors }) => (
    <BigValue
      value={display}
      sparkline={sparkline}
      count={count}
      alignmentFactors={alignmentFactors}
      width={width}
      height={height}
      colorMode={options.colorMode}
      graphMode={options.graphMode}
      justifyMode={options.justifyMode}
      textMode={options.textMode}
      text={options.text}
      disableWideLayout={!options.wideLayout}
      theme={theme}
    />
  );

const gauge =
  (options: any): One =>
  ({ display, field }, width, height, { orientation, count }) => (
    <Gauge
      // A panel with a single value has its own title for it.
      value={count === 1 ? { ...display, title: undefined } : display}
      field={field}
      width={width}
      height={height}
      orientation={orientation}
      showThresholdLabels={options.showThresholdLabels}
      showThresholdMarkers={options.showThresholdMarkers}
      text={options.text}
      theme={theme}
    />
  );

const bars =
  (options: any): One =>
  ({ display, field, view, colIndex }, width, height, { orientation, alignmentFactors, count }) => (
    <BarGauge
      value={count === 1 ? { ...display, title: undefined } : display}
      field={field}
      display={view?.getFieldDisplayProcessor(colIndex ?? 0)}
      width={width}
      height={height}
      orientation={orientation}
      alignmentFactors={alignmentFactors}
      displayMode={options.displayMode}
      showUnfilled={options.showUnfilled}
      valueDisplayMode={options.valueMode}
      namePlacement={options.namePlacement}
      itemSpacing={10}
      lcdCellWidth={12}
      isOverflow={false}
      text={options.text}
      theme={theme}
    />
  );

const Message = ({ children }: { children: ReactNode }) => (
  <div style={{ display: 'grid', placeContent: 'center', height: '100%', color: theme.colors.text.secondary }}>
    {children}
  </div>
);

const Markdown = ({ text }: { text: string }) => (
  <div className="markdown-html" dangerouslySetInnerHTML={{ __html: renderTextPanelMarkdown(text) }} />
);

const MARKED = new WeakSet<UPlotConfigBuilder>();

// Grafana draws events on every panel over time: a dashed line where one begins, and an area for as long as it lasts.
function marked(builder: UPlotConfigBuilder) {
  if (MARKED.has(builder)) {
    return;
  }
  MARKED.add(builder);
  builder.addHook('draw', (plot) => {
    const { ctx, bbox, scales } = plot;
    ctx.save();
    for (const { color, marks } of LOOK.answers.annotations) {
      ctx.fillStyle = ctx.strokeStyle = theme.visualization.getColorByName(color);
      for (const [from, to] of marks.filter(([from, to]) => to >= scales.x.min! && from <= scales.x.max!)) {
        const [left, right] = [from, to].map((time) => plot.valToPos(Math.max(time, scales.x.min!), 'x', true));
        ctx.globalAlpha = 1;
        ctx.setLineDash([5, 5]);
        ctx.beginPath();
        ctx.moveTo(left, bbox.top);
        ctx.lineTo(left, bbox.top + bbox.height);
        ctx.stroke();
        ctx.globalAlpha = 0.1;
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
        ctx.globalAlpha = 1;
        ctx.fillRect(left - 3, bbox.top + bbox.height, Math.max(right - left, 6), 4);
      }
    }
    ctx.restore();
  });
}

function Inside(drawn: Drawn) {
  const { panel, frames, range, width, height } = drawn;
  const empty = frames.every(({ length }) => length === 0);
  switch (panel.type) {
    case 'stat':
      return <Values drawn={drawn} one={stat(panel.options)} />;
    case 'gauge':
      return <Values drawn={drawn} one={gauge(panel.options)} />;
    case 'bargauge':
      return <Values drawn={drawn} one={bars(panel.options)} />;
    case 'text':
      return <Markdown text={panel.options.content} />;
  }
  if (empty) {
    return <Message>{panel.fieldConfig?.defaults.noValue || 'No data'}</Message>;
  }
  if (panel.type === 'table') {
    const sorted = panel.options.sortBy;
    return <Table data={frames[0]} width={width} height={height} initialSortBy={sorted} />;
  }
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  switch (panel.type) {
    case 'state-timeline':
    case 'status-history':
      return <States frames={frames} from={from} to={to} width={width} height={height} />;
    case 'heatmap':
      return <Heat frames={frames} from={from} to={to} width={width} height={height} />;
    case 'histogram':
      return <Histogram frames={frames} width={width} height={height} />;
    case 'timeseries':
      break;
    default:
      return <Message>{panel.type}: nobody draws it here</Message>;
  }
  return (
    <TimeSeries
      frames={frames}
      timeRange={range}
      timeZone="utc"
      width={width}
      height={height}
      legend={panel.options.legend}
      options={panel.options}
    >
      {(builder) => (marked(builder), null)}
    </TimeSeries>
  );
}

// A panel that cannot be drawn is told to who takes the picture; the others are drawn all the same.
class Guarded extends Component<{ panel: Panel; children: ReactNode }, { failed: string }> {
  state = { failed: '' };

  static getDerivedStateFromError(error: unknown) {
    return { failed: String(error) };
  }

  componentDidCatch(error: unknown) {
    console.error(`NOT DRAWN: panel ${this.props.panel.id} ${this.props.panel.type}: ${error}`);
  }

  render() {
    return this.state.failed ? <Message>{this.state.failed}</Message> : this.props.children;
  }
}

function Drawing({ panel, left, top, width, height }: Placed) {
  const style = { position: 'absolute', left, top, width, height } as const;
  if (panel.type === 'row') {
    return (
      <div style={{ ...style, fontSize: theme.typography.h6.fontSize, lineHeight: `${height}px`, paddingLeft: 8 }}>
        {panel.collapsed ? '›' : '⌄'} {panel.title}
        {panel.collapsed && (
          <span style={{ color: theme.colors.text.secondary }}> ({panel.panels?.length} panels)</span>
        )}
      </div>
    );
  }
  const answer = LOOK.answers.panels[panel.id];
  const [from, to] = [dateTime(answer.from), dateTime(answer.to)];
  const range: TimeRange = { from, to, raw: { from, to } };
  return (
    <div style={style}>
      <PanelChrome
        title={panel.title}
        description={panel.description}
        width={width}
        height={height}
        displayMode={panel.transparent ? 'transparent' : 'default'}
        titleItems={panel.timeFrom && <span style={{ color: theme.colors.text.secondary }}>Last {panel.timeFrom}</span>}
      >
        {(inner, innerHeight) => (
          <Guarded panel={panel}>
            <Inside panel={panel} frames={drawnOf(panel, answer.queries)} range={range} width={inner} height={innerHeight} />
          </Guarded>
        )}
      </PanelChrome>
    </div>
  );
}

createRoot(document.getElementById('root')!).render(
  <ThemeContext.Provider value={theme}>
    <GlobalStyles />
    {LOOK.places.map((place) => (
      <Drawing key={place.panel.id} {...place} />
    ))}
  </ThemeContext.Provider>
);
