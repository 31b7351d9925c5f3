// @ts-check
/** Lines over time on a canvas: several series, threshold lines, a readout under the pointer. And sparklines. */
import { h, view, follow, cx } from './dom.js';
import { scheme } from './prefs.js';
import { short, when, clock } from './format.js';

/** @typedef {{name: string, points: number[][], tone?: number}} Series points: [milliseconds, value], by time */
/** @typedef {{value: number, label?: string}} Threshold */

const PALETTE = 8;

function css(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** A custom property as a colour that a canvas takes: light-dark() and the like are resolved by a real element. */
function colour(element, name) {
  element.style.color = `var(${name})`;
  const found = getComputedStyle(element).color;
  element.style.color = '';
  return found;
}

/** Round figures for an axis. @param {number} low @param {number} high @param {number} wanted */
export function ticks(low, high, wanted) {
  const raw = (high - low) / Math.max(1, wanted);
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw) ?? 10 * power;
  const out = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    out.push(Number((i * step).toPrecision(12)));
  return out;
}

const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
].map((s) => s * 1000);

function timeTicks(from, to, wanted) {
  const step = TIME_STEPS.find((s) => (to - from) / s <= wanted) ?? TIME_STEPS[TIME_STEPS.length - 1];
  const offset = new Date(from).getTimezoneOffset() * 60_000;
  const out = [];
  for (let t = Math.ceil((from - offset) / step) * step + offset; t <= to; t += step) out.push(t);
  return { step, out };
}

function timeLabel(t, step) {
  const d = new Date(t);
  if (step >= 86_400_000 || (d.getHours() === 0 && d.getMinutes() === 0 && step >= 3_600_000))
    return `${d.getMonth() + 1}/${d.getDate()}`;
  return step < 60_000 ? clock(t) : clock(t).slice(0, 5);
}

/** The bounds of the values and of the thresholds, with some air. */
function bounds(series, thresholds, zero) {
  let low = Infinity;
  let high = -Infinity;
  for (const one of series) {
    for (const [, v] of one.points) {
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  for (const { value } of thresholds) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (zero && low >= 0) low = 0;
  if (low === high)
    return low === 0 ? [0, 1] : [Math.min(low, low * 0.9), Math.max(high, high * 1.1)].sort((a, b) => a - b);
  const air = (high - low) * 0.06;
  return [zero && low === 0 ? 0 : low - air, high + air];
}

/** Index of the last point at or before a time, -1 without. */
function before(points, t) {
  let a = 0;
  let b = points.length - 1;
  let found = -1;
  while (a <= b) {
    const m = (a + b) >> 1;
    if (points[m][0] <= t) {
      found = m;
      a = m + 1;
    } else b = m - 1;
  }
  return found;
}

/**
 * The chart. Props: series, thresholds, from, to (milliseconds; without them those of the points), format (of values),
 * zero (the axis begins at 0; default true), binary (round figures are those of KiB, MiB), label, gap (milliseconds after which a line is broken).
 * @type {any}
 */
export const Chart = view((self) => {
  follow(self, scheme);
  /** @type {HTMLCanvasElement | null} */ let canvas = null;
  /** @type {HTMLElement | null} */ let box = null;
  /** @type {HTMLElement | null} */ let probe = null;
  let hover = -1;
  let hidden = new Set();
  let frame = 0;
  let readout = /** @type {any} */ (null);
  /** Where the plot is, in CSS pixels, for the pointer. */
  let plot = { left: 0, width: 1, from: 0, to: 1 };

  const shown = () => self.props.series.filter((/** @type {Series} */ s) => !hidden.has(s.name));

  function draw() {
    frame = 0;
    if (!canvas || !box || !probe || !box.clientWidth) return;
    const p = self.props;
    const ratio = window.devicePixelRatio || 1;
    const width = box.clientWidth;
    const height = box.clientHeight;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const font = Math.round(rem * 0.74);
    g.font = `${font}px ${css(box, '--font')}`;
    const series = /** @type {Series[]} */ (shown());
    const thresholds = /** @type {Threshold[]} */ (p.thresholds ?? []);
    let from = p.from ?? Math.min(...series.map((s) => s.points[0]?.[0] ?? Infinity));
    let to = p.to ?? Math.max(...series.map((s) => s.points[s.points.length - 1]?.[0] ?? -Infinity));
    if (!(to > from)) {
      to = Number.isFinite(to) ? to : Date.now();
      from = to - 60_000;
    }
    const [low, high] = bounds(series, thresholds, p.zero !== false);
    const format = p.format ?? short;
    const rows = Math.max(2, Math.min(8, Math.floor(height / (font * 3.2))));
    const unit = p.binary ? 1024 ** Math.floor(Math.log(Math.max(1, high)) / Math.log(1024)) : 1;
    const marks = ticks(low / unit, high / unit, rows).map((m) => m * unit);
    const left = Math.ceil(Math.max(...marks.map((m) => g.measureText(format(m)).width))) + font * 0.8;
    const top = font * 0.7;
    const right = width - font * 0.6;
    const bottom = height - font * 1.7;
    const x = (t) => left + ((t - from) / (to - from)) * (right - left);
    const y = (v) => bottom - ((v - low) / (high - low)) * (bottom - top);
    plot = { left, width: right - left, from, to };
    const line = colour(probe, '--line');
    const dim = colour(probe, '--dim');

    g.lineWidth = 1;
    g.strokeStyle = line;
    g.fillStyle = dim;
    g.textAlign = 'right';
    g.textBaseline = 'middle';
    for (const m of marks) {
      const at = Math.round(y(m)) + 0.5;
      g.beginPath();
      g.moveTo(left, at);
      g.lineTo(right, at);
      g.stroke();
      g.fillText(format(m), left - font * 0.4, at);
    }
    g.textAlign = 'center';
    g.textBaseline = 'bottom';
    const { step, out } = timeTicks(from, to, Math.max(2, (right - left) / (font * 6)));
    for (const t of out) {
      const half = g.measureText(timeLabel(t, step)).width / 2;
      if (x(t) < left + half * 0.5 || x(t) + half > width) continue;
      g.fillText(timeLabel(t, step), x(t), height - 1);
      g.beginPath();
      g.moveTo(Math.round(x(t)) + 0.5, bottom);
      g.lineTo(Math.round(x(t)) + 0.5, bottom + font * 0.25);
      g.stroke();
    }

    g.save();
    g.beginPath();
    g.rect(left, 0, right - left, bottom + 1);
    g.clip();
    for (const one of series) {
      const tone = colour(probe, `--s${((one.tone ?? self.props.series.indexOf(one)) % PALETTE) + 1}`);
      stroke(g, one.points, x, y, from, to, right - left, p.gap, tone, series.length === 1 ? bottom : undefined);
    }
    g.restore();

    const bad = colour(probe, '--bad');
    g.textBaseline = 'bottom';
    for (const one of thresholds) {
      const at = Math.round(y(one.value)) + 0.5;
      g.strokeStyle = bad;
      g.fillStyle = bad;
      g.lineWidth = 1.5;
      g.setLineDash([6, 4]);
      g.beginPath();
      g.moveTo(left, at);
      g.lineTo(right, at);
      g.stroke();
      g.setLineDash([]);
      g.textAlign = 'right';
      g.fillText(one.label ?? format(one.value), right - 3, at > top + font * 1.5 ? at - 2 : at + font * 1.4);
    }
    if (hover >= 0) {
      g.strokeStyle = dim;
      g.lineWidth = 1;
      g.beginPath();
      g.moveTo(Math.round(x(hover)) + 0.5, top);
      g.lineTo(Math.round(x(hover)) + 0.5, bottom);
      g.stroke();
      for (const one of series) {
        const i = before(one.points, hover);
        if (i < 0) continue;
        g.fillStyle = colour(probe, `--s${((one.tone ?? self.props.series.indexOf(one)) % PALETTE) + 1}`);
        g.beginPath();
        g.arc(x(one.points[i][0]), y(one.points[i][1]), 3, 0, 7);
        g.fill();
      }
    }
  }

  const later = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };

  const point = (/** @type {PointerEvent} */ e) => {
    const at = e.offsetX;
    const share = Math.max(0, Math.min(1, (at - plot.left) / plot.width));
    let t = plot.from + share * (plot.to - plot.from);
    // The nearest time that has a point.
    let best = Infinity;
    let nearest = t;
    for (const one of shown()) {
      const i = before(one.points, t);
      for (const j of [i, i + 1]) {
        const candidate = one.points[j];
        if (candidate && Math.abs(candidate[0] - t) < best) {
          best = Math.abs(candidate[0] - t);
          nearest = candidate[0];
        }
      }
    }
    if (best === Infinity) return;
    t = nearest;
    hover = t;
    readout = {
      t,
      side: share > 0.5 ? 'left' : 'right',
      values: shown().map((/** @type {Series} */ one) => ({
        name: one.name,
        tone: one.tone ?? self.props.series.indexOf(one),
        value: one.points[before(one.points, t)]?.[1],
      })),
    };
    self.redraw();
  };

  self.onMount(() => {
    const watcher = new ResizeObserver(later);
    watcher.observe(/** @type {Element} */ (box));
    later();
    return () => {
      watcher.disconnect();
      cancelAnimationFrame(frame);
    };
  });
  self.onUpdate(later);

  return (p) => {
    const format = p.format ?? short;
    return h(
      'figure',
      { class: cx('chart', { small: p.small, tall: p.tall }) },
      h(
        'div',
        {
          class: 'plot',
          ref: (/** @type {any} */ e) => {
            box = e;
          },
          role: 'img',
          'aria-label': p.label ?? p.series.map((/** @type {Series} */ s) => s.name).join(', '),
        },
        h('i', {
          class: 'probe',
          ref: (/** @type {any} */ e) => {
            probe = e;
          },
        }),
        h('canvas', {
          ref: (/** @type {any} */ e) => {
            canvas = e;
          },
          onPointerMove: point,
          onPointerLeave: () => {
            hover = -1;
            readout = null;
            self.redraw();
          },
        }),
        p.series.every((/** @type {Series} */ s) => s.points.length === 0)
          ? h('span', { class: 'nothing' }, p.waiting ?? 'No data in this span')
          : null,
        readout
          ? h(
              'div',
              { class: cx('readout', readout.side) },
              h('b', null, plot.to - plot.from > 86_400_000 ? when(readout.t) : clock(readout.t)),
              readout.values.map((/** @type {any} */ v) =>
                h(
                  'div',
                  { key: v.name },
                  h('i', { class: `dot s${(v.tone % PALETTE) + 1}` }),
                  h('span', null, v.name),
                  h('b', null, v.value === undefined ? '–' : format(v.value)),
                ),
              ),
            )
          : null,
      ),
      p.series.length > 1 || p.legend
        ? h(
            'figcaption',
            null,
            p.series.map((/** @type {Series} */ s, /** @type {number} */ i) =>
              h(
                'button',
                {
                  key: s.name,
                  type: 'button',
                  class: cx({ off: hidden.has(s.name) }),
                  title: 'Show or hide',
                  onClick: () =>
                    self.change(() => {
                      if (!hidden.delete(s.name)) hidden.add(s.name);
                    }),
                },
                h('i', { class: `dot s${((s.tone ?? i) % PALETTE) + 1}` }),
                s.name,
                h('b', null, s.points.length ? format(s.points[s.points.length - 1][1]) : '–'),
              ),
            ),
          )
        : null,
    );
  };
});

/** A line, thinned to the highest and lowest of each pixel column, filled below where it stands alone. */
function stroke(g, points, x, y, from, to, pixels, gap, tone, floor) {
  const begin = Math.max(0, before(points, from));
  const end = Math.min(points.length - 1, before(points, to) + 1);
  if (end < begin) return;
  const dense = end - begin > pixels * 2;
  const path = [];
  let runs = [path];
  if (!dense) {
    let run = path;
    for (let i = begin; i <= end; i++) {
      if (gap && i > begin && points[i][0] - points[i - 1][0] > gap) {
        run = [];
        runs.push(run);
      }
      run.push([x(points[i][0]), y(points[i][1])]);
    }
  } else {
    let column = NaN;
    let low = 0;
    let high = 0;
    for (let i = begin; i <= end; i++) {
      const at = Math.round(x(points[i][0]));
      const v = y(points[i][1]);
      if (at !== column) {
        if (!Number.isNaN(column)) path.push([column, low], [column, high]);
        column = at;
        low = high = v;
      } else {
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    }
    path.push([column, low], [column, high]);
  }
  runs = runs.filter((run) => run.length);
  if (floor !== undefined) {
    g.fillStyle = tone;
    g.globalAlpha = 0.1;
    for (const run of runs) {
      g.beginPath();
      g.moveTo(run[0][0], floor);
      for (const [a, b] of run) g.lineTo(a, b);
      g.lineTo(run[run.length - 1][0], floor);
      g.fill();
    }
    g.globalAlpha = 1;
  }
  g.strokeStyle = tone;
  g.lineWidth = 1.6;
  g.lineJoin = 'round';
  for (const run of runs) {
    g.beginPath();
    if (run.length === 1) {
      g.arc(run[0][0], run[0][1], 1.5, 0, 7);
    } else {
      g.moveTo(run[0][0], run[0][1]);
      for (const [a, b] of run) g.lineTo(a, b);
    }
    g.stroke();
  }
}

/** A small line without axes. @param {{points: number[][], tone?: number, label?: string}} p */
export function Spark(p) {
  const points = p.points.slice(-120);
  if (points.length < 2) return h('svg', { class: 'spark', viewBox: '0 0 100 24' });
  const low = Math.min(...points.map((v) => v[1]));
  const high = Math.max(...points.map((v) => v[1]));
  const from = points[0][0];
  const to = points[points.length - 1][0];
  const d = points
    .map(
      ([t, v], i) =>
        `${i ? 'L' : 'M'}${(((t - from) / (to - from || 1)) * 100).toFixed(1)} ${(22 - ((v - low) / (high - low || 1)) * 20).toFixed(1)}`,
    )
    .join('');
  return h(
    'svg',
    {
      class: `spark s${(p.tone ?? 0) + 1}`,
      viewBox: '0 0 100 24',
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': p.label,
    },
    h('path', { d }),
  );
}
