/** Draws series over time with the limit band and alarm marks. Chart.js, registered piece by piece. */

import {
  Chart,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  Tooltip,
  type ChartDataset,
  type ChartOptions,
} from 'chart.js';
import annotation, { type AnnotationOptions } from 'chartjs-plugin-annotation';
import type { Alarm } from '../../../domain/alarm.ts';
import type { Limit } from '../../../domain/limits.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import { ticksBetween, type ChartPoint } from '../logic/ranges.ts';
import { colours, type Colours } from './colours.ts';
import { zoneOffsetMs } from './zone.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler, Tooltip, annotation);

export interface SeriesLine {
  readonly name: string;
  readonly points: readonly ChartPoint[];
}

/** Between its bounds a value is good; unset `validFrom`: over the whole picture. */
export interface LimitBand {
  readonly min?: Limit['min'] | undefined;
  readonly max?: Limit['max'] | undefined;
  readonly validFrom?: Limit['validFrom'];
}

/** Where an alarm begins and ends. */
export type AlarmSpan = Pick<Alarm, 'priority' | 'since' | 'returnedAt' | 'closedAt'>;

export interface SeriesPicture {
  readonly lines: readonly SeriesLine[];
  readonly from: number;
  readonly until: number;
  readonly limit: LimitBand | undefined;
  /** A limit that is only thought of: lines without a band. */
  readonly proposed?: LimitBand | undefined;
  readonly alarms: readonly AlarmSpan[];
  readonly zone: string;
  readonly words: {
    readonly lt: (text: LocalizedText) => string;
    readonly measure: (value: number) => string;
    readonly short: (at: number) => string;
    readonly time: (at: number) => string;
    readonly monthDay: (at: number) => string;
  };
}

export interface SeriesChartHandle {
  update(picture: SeriesPicture): void;
  destroy(): void;
}

const DAY = 86_400_000;
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export function drawSeries(canvas: HTMLCanvasElement): SeriesChartHandle {
  const chart = new Chart(canvas, { type: 'line', data: { datasets: [] }, options: {} });
  return {
    update(picture) {
      const palette = colours(canvas);
      Chart.defaults.font.family = palette.font;
      chart.data.datasets = picture.lines.flatMap((line, i) => datasetsOf(line, i, palette));
      chart.options = optionsOf(picture, palette, canvas);
      chart.update('none');
    },
    destroy: () => chart.destroy(),
  };
}

/** The mean as a line; from the second line on with its own dash, so that colour is not the only sign. */
function datasetsOf(line: SeriesLine, index: number, palette: Colours): ChartDataset<'line'>[] {
  const at = (which: 1 | 2 | 3) => line.points.map((p) => ({ x: p[0], y: p[which] }));
  const common = { pointRadius: 0, pointHitRadius: 6, spanGaps: false, label: line.name };
  const spread = { ...common, borderWidth: 0, pointHitRadius: 0 };
  const stroke = palette.lines[index % palette.lines.length] ?? palette.spark;
  return [
    {
      ...common,
      data: at(1),
      borderColor: stroke,
      borderWidth: 1.6,
      borderDash: DASHES[index % DASHES.length] ?? [],
      tension: 0,
    },
    { ...spread, data: at(3), fill: '+1', backgroundColor: palette.spread, label: '' },
    { ...spread, data: at(2), fill: false, label: '' },
  ];
}

function optionsOf(
  picture: SeriesPicture,
  palette: Colours,
  canvas: HTMLCanvasElement,
): ChartOptions<'line'> {
  const { from, until, words } = picture;
  const offsetMs = zoneOffsetMs(picture.zone, until);
  const countMax = Math.max(3, Math.floor(canvas.clientWidth / 110));
  const label = until - from > 2 * DAY ? words.monthDay : words.time;
  return {
    animation: false,
    maintainAspectRatio: false,
    responsive: true,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    scales: {
      x: {
        type: 'linear',
        min: from,
        max: until,
        grid: { display: false },
        border: { color: palette.line },
        afterBuildTicks: (axis) => {
          axis.ticks = ticksBetween({ from, until, countMax, offsetMs }).map((value) => ({
            value,
          }));
        },
        ticks: {
          color: palette.ink3,
          maxRotation: 0,
          autoSkip: false,
          callback: (value) => label(Number(value)),
        },
      },
      y: {
        ...boundsOf(picture),
        grid: { color: palette.line },
        border: { display: false },
        ticks: { color: palette.ink3, maxTicksLimit: 6 },
      },
    },
    plugins: {
      tooltip: {
        filter: (item) => item.dataset.label !== '' && Number.isFinite(item.parsed.y),
        callbacks: {
          title: (items) => (items[0] ? words.short(items[0].parsed.x ?? from) : ''),
          label: (item) => `${item.dataset.label ?? ''} ${words.measure(item.parsed.y ?? NaN)}`,
        },
      },
      annotation: { annotations: annotationsOf(picture, palette) },
    },
  };
}

/** The values and the limits are both in sight, with some air. */
function boundsOf(picture: SeriesPicture): { suggestedMin?: number; suggestedMax?: number } {
  const seen = picture.lines.flatMap((l) => l.points.flatMap((p) => [p[2], p[3]]));
  const { limit, proposed } = picture;
  const bounds = [limit?.min, limit?.max, proposed?.min, proposed?.max].filter(
    (b) => b !== undefined,
  );
  const all = [...seen, ...bounds].filter((v) => Number.isFinite(v));
  if (all.length === 0) return {};
  const [low, high] = all.reduce(
    ([a, b], v) => [Math.min(a, v), Math.max(b, v)],
    [Infinity, -Infinity],
  );
  const air = (high - low) * 0.1 || 0.5;
  // What can't be negative gets no axis below zero.
  return { suggestedMin: low >= 0 ? Math.max(0, low - air) : low - air, suggestedMax: high + air };
}

const SHAPES: Readonly<Record<Alarm['priority'], string>> = {
  critical: '▲',
  high: '◆',
  medium: '●',
  low: '▬',
};
/** Labels that would cover each other help nobody. */
const LABELS_MAX = 6;

function annotationsOf(picture: SeriesPicture, palette: Colours): AnnotationOptions[] {
  const { limit, from, until, words } = picture;
  const start = Math.max(from, limit?.validFrom ?? from);
  const marks: AnnotationOptions[] = [];
  if (limit && (limit.min !== undefined || limit.max !== undefined) && start < until) {
    const { min, max } = limit;
    marks.push({
      type: 'box',
      drawTime: 'beforeDatasetsDraw',
      xMin: start,
      ...(min === undefined ? {} : { yMin: min }),
      ...(max === undefined ? {} : { yMax: max }),
      backgroundColor: palette.band,
      borderWidth: 0,
    });
    for (const bound of [min, max]) {
      if (bound === undefined) continue;
      const dashed = { borderColor: palette.bandLine, borderWidth: 1, borderDash: [4, 3] };
      marks.push({ type: 'line', xMin: start, yMin: bound, yMax: bound, ...dashed });
    }
  }
  for (const bound of [picture.proposed?.min, picture.proposed?.max]) {
    if (bound === undefined) continue;
    const dotted = { borderColor: palette.lines[1] ?? palette.spark, borderWidth: 1.5 };
    marks.push({ type: 'line', yMin: bound, yMax: bound, borderDash: [2, 3], ...dotted });
  }
  picture.alarms.slice(0, 60).forEach((alarm, i) => {
    const colour = palette.priority[alarm.priority];
    const end = alarm.returnedAt ?? alarm.closedAt ?? until;
    if (end < from) return;
    const start = Math.max(from, alarm.since);
    marks.push({
      type: 'box',
      drawTime: 'beforeDatasetsDraw',
      xMin: start,
      xMax: Math.min(until, end),
      backgroundColor: palette.prioritySoft[alarm.priority],
      borderWidth: 0,
    });
    marks.push({
      type: 'line',
      xMin: start,
      xMax: start,
      borderColor: colour,
      borderWidth: 1.5,
      label: {
        display: i < LABELS_MAX,
        content: `${SHAPES[alarm.priority]} ${words.time(alarm.since)}`,
        position: 'end',
        xAdjust: start > from + (until - from) * 0.85 ? -34 : 34,
        backgroundColor: 'transparent',
        color: colour,
        font: { size: 11, weight: 'normal' },
        padding: 2,
      },
    });
  });
  return marks;
}
