// Grafana's gauge leaves the drawing to a plugin of jQuery that is not among its packages. This one draws what it is
// told: the arc of the value, and around it the arc of the levels.
import $ from 'jquery';

const [FROM, TO] = [0.9 * Math.PI, 2.1 * Math.PI];

interface Told {
  gauge: { min: number; max: number; width: number; background: { color: string } };
  threshold: { show: boolean; width: number; values: { value: number; color: string }[] };
  value: { color: string; formatter: () => string; font: { size: number; family: string } };
}

function draw(element: HTMLElement, [series]: { data: [number, number][] }[], options: { series: { gauges: Told } }) {
  const { gauge, threshold, value } = options.series.gauges;
  const [width, height, scale] = [element.clientWidth, element.clientHeight, window.devicePixelRatio];
  const canvas = document.createElement('canvas');
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.cssText = `width: ${width}px; height: ${height}px`;
  element.replaceChildren(canvas);
  const context = canvas.getContext('2d')!;
  context.scale(scale, scale);
  // Below its centre an arc of this length takes three tenths of its radius.
  const radius = Math.min(width / 2, height / 1.31) - 2;
  const [x, y] = [width / 2, (height - radius * 1.31) / 2 + radius];
  const angle = (of: number) => {
    const share = (of - gauge.min) / (gauge.max - gauge.min);
    return FROM + Math.min(Math.max(share, 0), 1) * (TO - FROM);
  };
  const arc = (color: string, outer: number, thick: number, from: number, to: number) => {
    context.beginPath();
    context.arc(x, y, outer - thick / 2, from, to);
    context.lineWidth = thick;
    context.strokeStyle = color;
    context.stroke();
  };
  const inner = radius - (threshold.show ? threshold.width + 2 : 0);
  arc(gauge.background.color, inner, gauge.width, FROM, TO);
  if (Number.isFinite(series.data[0][1])) {
    arc(value.color, inner, gauge.width, FROM, angle(series.data[0][1]));
  }
  if (threshold.show) {
    let from = FROM;
    for (const { value: to, color } of threshold.values) {
      arc(color, radius, threshold.width, from, angle(to));
      from = angle(to);
    }
  }
  context.fillStyle = value.color;
  context.font = `${value.font.size}px ${value.font.family}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(value.formatter(), x, y - value.font.size * 0.1);
}

($ as unknown as { plot: typeof draw }).plot = draw;
